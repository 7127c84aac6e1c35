import { useCallback, useEffect, useMemo, useState } from 'react'
import { ruleOf } from '../../exchange/rule.ts'
import type { RoomRoute } from '../../routes.ts'
import { inviteLink } from '../../session/invite-link.ts'
import type { Room, RoomState } from '../../session/room.ts'
import { useRoom } from '../../session/use-room.ts'
import { roomWords } from '../../strings/room.ts'
import { situationOf, situationWords } from '../../strings/status.ts'
import { useStage } from '../../ui/use-stage.ts'
import { Curves } from './curves.tsx'
import { DataPreview } from './data-preview.tsx'
import { Engine } from './engine.tsx'
import { EventLog } from './event-log.tsx'
import { Failed } from './failed.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { Knowledge } from './knowledge.tsx'
import { ModelActions } from './model-actions.tsx'
import { Opening } from './opening.tsx'
import { Peers } from './peers.tsx'
import { Problems } from './problems.tsx'
import styles from './room-screen.module.css'
import { Stats } from './stats.tsx'
import { StatusBar } from './status-bar.tsx'
import { Traffic } from './traffic.tsx'
import { useRoomKeys } from './use-room-keys.ts'

/** One stay in a room, from opening it to leaving it by going elsewhere. */
export function RoomScreen({ route }: { readonly route: RoomRoute & { readonly key: string } }) {
  const { room, state } = useRoom(route)
  const [dialog, setDialog] = useState<'invite' | 'help'>()
  const isRunning = state.type === 'open' && state.snapshot.status === 'training'
  const isOpen = state.type === 'open'
  const rule = useMemo(() => ruleOf(route.task), [route.task])

  const startOrPause = useCallback(() => (isRunning ? room?.pause() : room?.start()), [room, isRunning])
  const invite = useCallback(() => (isOpen ? setDialog('invite') : undefined), [isOpen])
  const help = useCallback(() => setDialog('help'), [])
  const close = useCallback(() => setDialog(undefined), [])
  useRoomKeys(useMemo(() => ({ p: startOrPause, i: invite, '?': help }), [startOrPause, invite, help]))

  const word = situationWords[situationOf(state)]
  useEffect(() => {
    document.title = roomWords.documentTitle(word)
  }, [word])

  return (
    <div className={styles.screen}>
      <StatusBar state={state} onStartOrPause={startOrPause} onInvite={invite} onHelp={help} />
      <main className={styles.main}>
        {state.type === 'failed' && <Failed state={state} />}
        {state.type === 'opening' && <Opening doing={state.doing} />}
        {state.type === 'open' && room !== undefined && (
          <OpenRoom room={room} state={state} rule={rule} onInvite={invite} />
        )}
      </main>
      {state.type === 'open' && (
        <InviteDialog link={inviteLink(state.link, route)} isOpen={dialog === 'invite'} onClose={close} />
      )}
      <HelpDialog isOpen={dialog === 'help'} onClose={close} />
    </div>
  )
}

function OpenRoom(props: {
  readonly room: Room
  readonly state: Extract<RoomState, { type: 'open' }>
  readonly rule: string
  readonly onInvite: () => void
}) {
  const { room, state } = props
  const { snapshot, holding } = state
  const stage = useStage(3)
  const canSettle = snapshot.status === 'training' || snapshot.status === 'paused'
  return (
    <>
      <h1 className="spoken">{situationWords[situationOf(state)]}</h1>
      <Problems problems={snapshot.problems} onSlower={room.goOnSlower} />
      <Stats snapshot={snapshot} trainedMs={state.trainedMs} />
      <div className={styles.learning}>
        <Knowledge snapshot={snapshot} />
        {stage > 0 && <Curves room={room} snapshot={snapshot} />}
        {stage > 1 && (
          <Peers
            className={styles.peers}
            peers={snapshot.peers}
            rule={props.rule}
            onInvite={props.onInvite}
          />
        )}
        {stage > 1 && <DataPreview className={styles.data} holding={holding} />}
      </div>
      {stage > 2 && (
        <div className={styles.details}>
          <EventLog entries={snapshot.log} />
          <Traffic snapshot={snapshot} />
          <Engine name={room.name} snapshot={snapshot} />
          <ModelActions className={styles.model} room={room} canSettle={canSettle} />
        </div>
      )}
    </>
  )
}
