import { useEffect, useState, useSyncExternalStore } from 'react'
import type { RoomRoute } from '../routes.ts'
import { exposeSession } from './inspect.ts'
import { nickname } from './nickname.ts'
import { openRoom, type Room, type RoomState } from './room.ts'
import { freshSeed } from './room-key.ts'
import { defaultSignaling } from './signaling-url.ts'

const opening: RoomState = { type: 'opening', doing: 'joining' }
const nothing = (): (() => void) => () => {}

const settingsOf = (route: RoomRoute & { readonly key: string }) => ({
  route,
  key: route.key,
  name: route.name ?? nickname(freshSeed()),
  signaling: route.signaling ?? [defaultSignaling(location, import.meta.env.DEV)],
  dataBase: `${import.meta.env.BASE_URL}mnist/`,
  seed: route.seed ?? freshSeed(),
  engine: () => new Worker(new URL('../engine.worker.ts', import.meta.url), { type: 'module' }),
  ...(route.inspect ? { onOpen: exposeSession } : {}),
})

/** Opens the room for as long as the calling screen is mounted; the route must not change meanwhile. */
export function useRoom(route: RoomRoute & { readonly key: string }): {
  readonly room: Room | undefined
  readonly state: RoomState
} {
  const [room, setRoom] = useState<Room>()
  const [settings] = useState(() => settingsOf(route))
  useEffect(() => {
    const opened = openRoom(settings)
    setRoom(opened)
    return () => opened.close()
  }, [settings])
  const state = useSyncExternalStore(room?.subscribe ?? nothing, room?.getState ?? (() => opening))
  return { room, state }
}
