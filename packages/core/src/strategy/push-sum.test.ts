import { expect, test } from 'vitest'
import { integer, seededRandom } from '../lib/random.ts'
import { pushSum } from './push-sum.ts'
import type { StrategyState } from './strategy.ts'

test('one-way messages keep the sum of masses and of mass x model, and reach the average', () => {
  const strategy = pushSum.create({ serving: 0.25, guard: 0, lossMargin: 0.5 })
  const random = seededRandom(5)
  const size = 4
  const peers = Array.from({ length: 6 }, () => ({
    own: Float32Array.from({ length: size }, () => random.next()),
    state: strategy.init() as StrategyState,
    mass: 1,
  }))
  const average = Array.from(
    { length: size },
    (_, i) => peers.reduce((sum, { own }) => sum + (own[i] ?? 0), 0) / 6,
  )
  const self = { steps: 1, samples: 1 }
  for (let round = 0; round < 400; round++) {
    const from = peers[integer(random, 6)]
    const to = peers[integer(random, 6)]
    if (from === undefined || to === undefined || from === to) continue
    const [sent, mass] = strategy.send(from.state, 1)
    from.state = sent
    from.mass -= mass
    const received = {
      from: '',
      theirs: from.own.slice(),
      reference: to.own.slice(),
      self,
      sender: self,
      everySteps: 1,
      mass,
    }
    const [judged, proposal] = strategy.receive(to.state, received)
    if (proposal.type !== 'move') throw new Error(proposal.type)
    const [state, displacement] = strategy.accept(judged, received, proposal)
    to.state = state
    to.mass += mass
    to.own.forEach((x, i) => {
      to.own[i] = x + (displacement[i] ?? 0)
    })
    expect(peers.reduce((sum, peer) => sum + peer.mass, 0)).toBeCloseTo(6, 9)
    for (let i = 0; i < size; i++)
      expect(peers.reduce((sum, peer) => sum + peer.mass * (peer.own[i] ?? 0), 0) / 6).toBeCloseTo(
        average[i] ?? 0,
        4,
      )
  }
  for (const { own } of peers) for (let i = 0; i < size; i++) expect(own[i]).toBeCloseTo(average[i] ?? 0, 2)
})
