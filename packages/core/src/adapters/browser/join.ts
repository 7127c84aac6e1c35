import type { Problem } from '../../node/snapshot.ts'
import type { Discovery, Store, Transport } from '../../ports.ts'
import { parseLink, roomFragment } from '../../task/link.ts'
import { parseTask } from '../../task/schema.ts'
import type { CompleteTask } from '../../task/task.ts'
import { taskIdOf, topicOf } from '../../task/task-id.ts'
import { cleanName } from '../../wire/decode.ts'
import { EngineError } from '../worker/engine-error.ts'
import type { EngineSettings } from '../worker/engine-protocol.ts'
import { type HostedEngine, hostEngine } from '../worker/host-engine.ts'
import { serveTransport } from '../worker/serve-transport.ts'
import { checkpoints } from './checkpoints.ts'
import { openDiscovery } from './discovery.ts'
import { createIdentity } from './identity.ts'
import { indexedDbStore } from './indexeddb-store.ts'
import { JoinError } from './join-error.ts'
import { keepTrials, loadTrials } from './kept-trials.ts'
import { loneTransport } from './lone-transport.ts'
import type { Data, JoinOptions, Session } from './session.ts'
import { NoWebRtcError, simplePeerTransport } from './simple-peer-transport.ts'

/**
 * Joins a room: connects, prepares the engine on this device's data, and waits for `start()`. Rejects with
 * JoinError, whose message is a sentence for the person at the screen, for a link, task or data that cannot be
 * used and where no backend can train the model. A browser without WebRTC and a signaling server that is away
 * are no reasons to reject: the session trains alone and says so in its snapshot.
 */
export async function join(options: JoinOptions): Promise<Session> {
  const { task, roomKey } = readRoom(options)
  const taskId = taskIdOf(task)
  const topic = topicOf(taskId, roomKey)
  const identity = await createIdentity()
  const discovery = openDiscovery(options, identity, topic)
  const [transport, problem] = openTransport(discovery.port, options, discovery.iceServers)
  const store = options.store ?? openStore()
  const saved = await checkpoints(store, topic)

  let engine: HostedEngine
  try {
    const data = typeof options.data === 'function' ? await options.data(await discovery.seat) : options.data
    const pastTrials = await loadTrials(store, task)
    engine = await begin(options, task, data, transport, { checkpoint: saved.last, pastTrials })
  } catch (error) {
    transport.close()
    discovery.port.close()
    throw joinErrorOf(error)
  }

  if (engine.trials !== undefined) void keepTrials(store, task, engine.trials)
  engine.setSignaling(discovery.port.status())
  if (problem !== undefined) engine.addProblem(problem)
  const unlisten = discovery.port.listen((event) => {
    if (event.type === 'status') engine.setSignaling(event.status)
  })
  const save = (): Promise<void> => saved.save(engine)
  const stopSaving = saved.keepSaving(engine)

  return {
    link: `${location.origin}${location.pathname}${location.search}${roomFragment(task, roomKey)}`,
    getSnapshot: () => engine.snapshot(),
    subscribe: (listener) => engine.subscribe(listener),
    start: () => void engine.request('command', { command: 'start' }),
    pause: () => void engine.request('command', { command: 'pause' }).then(save),
    settle: () => engine.request('command', { command: 'settle' }).then(save),
    leave: async () => {
      if (engine.snapshot().status === 'left') return
      stopSaving()
      unlisten()
      await save()
      await engine.request('command', { command: 'leave' })
      transport.close()
      discovery.port.close()
      engine.close()
    },
    setLearningRate: async (rate) => {
      await engine.request('learning-rate', { rate })
    },
    evaluate: (examples, which = 'served') => engine.request('evaluate', { examples, which }),
    predict: (inputs, which = 'served') => engine.request('predict', { inputs, which }),
    exportModel: (which = 'served') => engine.request('export', { which }),
  }
}

function readRoom({ task, roomKey }: JoinOptions): { readonly task: CompleteTask; readonly roomKey: string } {
  if (typeof task !== 'string') {
    const parsed = parseTask(task)
    if (!parsed.ok) throw new JoinError('bad-task', `This task cannot be trained: ${parsed.reason}.`)
    return { task: parsed.task, roomKey: roomKey ?? freshRoomKey() }
  }
  const link = parseLink(task)
  if (!link.ok) throw new JoinError('bad-link', link.reason)
  return { task: link.task, roomKey: roomKey ?? link.roomKey ?? freshRoomKey() }
}

/** 16 random bytes as base64url. */
function freshRoomKey(): string {
  const text = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function openTransport(
  discovery: Discovery,
  { iceServers }: JoinOptions,
  offered: () => readonly RTCIceServer[],
): readonly [Transport, Problem | undefined] {
  try {
    const servers = iceServers === undefined ? offered : iceServers
    return [simplePeerTransport({ discovery, iceServers: servers }), undefined]
  } catch (error) {
    if (!(error instanceof NoWebRtcError)) throw error
    return [loneTransport(discovery.self), { code: 'no-webrtc', detail: error.message }]
  }
}

const openStore = (): Store | undefined => (typeof indexedDB === 'undefined' ? undefined : indexedDbStore())

async function begin(
  { engine, backend = 'auto', threads, name = '', seed, wasmPaths }: JoinOptions,
  task: CompleteTask,
  { train, test }: Data,
  transport: Transport,
  kept: Pick<EngineSettings, 'checkpoint' | 'pastTrials'>,
): Promise<HostedEngine> {
  const { port1, port2 } = new MessageChannel()
  serveTransport(transport, port1)
  const settings = {
    task,
    train,
    test,
    backend,
    threads,
    seed: seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    self: transport.self,
    name: cleanName(name),
    ...kept,
    wasmPaths,
  }
  return hostEngine(engine(), settings, port2)
}

function joinErrorOf(error: unknown): Error {
  if (!(error instanceof EngineError)) return error instanceof Error ? error : new Error(String(error))
  const code = error.code === 'bad-data' || error.code === 'no-backend' ? error.code : 'worker-failed'
  return new JoinError(code, error.message)
}
