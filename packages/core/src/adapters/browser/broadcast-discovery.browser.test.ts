import { expect, test } from 'vitest'
import { discoverySuite } from '../../testing/discovery-suite.ts'
import { type BroadcastDiscovery, broadcastDiscovery } from './broadcast-discovery.ts'

let rooms = 0
const freshTopic = (): string => `broadcast-test-${performance.timeOrigin}-${rooms++}`
const until = (condition: () => boolean): Promise<void> =>
  expect.poll(condition, { interval: 5, timeout: 10_000 }).toBe(true)

discoverySuite('broadcast channel', async () => {
  const topic = freshTopic()
  const joined: BroadcastDiscovery[] = []
  return {
    async join() {
      const discovery = broadcastDiscovery({ self: `peer-${joined.length}`, topic })
      joined.push(discovery)
      await discovery.seat
      return discovery
    },
    until,
    close: () => {
      for (const discovery of joined) discovery.close()
    },
  }
})

test('tabs that come at the same time get different seats', async () => {
  const topic = freshTopic()
  const tabs = ['d', 'a', 'c', 'b'].map((self) => broadcastDiscovery({ self, topic }))
  expect(await Promise.all(tabs.map(({ seat }) => seat))).toEqual([3, 0, 2, 1])
  for (const tab of tabs) tab.close()
})

test('a tab that is left says goodbye, and one that comes back is found again', async () => {
  const topic = freshTopic()
  const page = new EventTarget()
  const stays = broadcastDiscovery({ self: 'stays', topic })
  const leaves = broadcastDiscovery({ self: 'leaves', topic, page })
  const gone: string[] = []
  stays.listen((event) => {
    if (event.type === 'gone') gone.push(event.peer)
  })
  await Promise.all([stays.seat, leaves.seat])
  page.dispatchEvent(new Event('pagehide'))
  await until(() => gone.includes('leaves'))
  const found: string[] = []
  stays.listen((event) => {
    if (event.type === 'peers') found.push(...event.peers)
  })
  page.dispatchEvent(new Event('pageshow'))
  stays.need(1)
  await until(() => found.includes('leaves'))
  stays.close()
  leaves.close()
})

test('notes of a wrong form are ignored', async () => {
  const topic = freshTopic()
  const tab = broadcastDiscovery({ self: 'tab', topic })
  const other = broadcastDiscovery({ self: 'other', topic })
  const heard: string[] = []
  tab.listen((event) => heard.push(event.type))
  const channel = new BroadcastChannel(`gossamer:${topic}`)
  for (const note of [
    null,
    7,
    'who',
    {},
    { type: 'box', from: 'other', to: 'tab', box: 5 },
    { type: 'box', from: 'other', to: 'tab', box: 'x'.repeat(20_000) },
    { type: 'here', from: 'x'.repeat(200), seat: 0 },
    { type: 'here', from: 'x', seat: -1 },
    { type: 'bye', from: 'tab' },
  ])
    channel.postMessage(note)
  other.relay('tab', 'last')
  await until(() => heard.length > 0)
  expect(heard).toEqual(['box'])
  tab.close()
  other.close()
  channel.close()
})
