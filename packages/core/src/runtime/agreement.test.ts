import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Agreement, type Gift } from './agreement.ts'

interface Peer {
  readonly agreement: Agreement
  readonly samples: number
  model: number
}

interface Letter {
  readonly to: Peer
  readonly model: number
  readonly gift: Gift
}

const send = ({ agreement, model }: Peer, to: Peer): Letter => ({ to, model, gift: agreement.give() })

function arrive({ to, model, gift }: Letter): void {
  to.model += to.agreement.shareOf(gift.said) * (model - to.model)
  to.agreement.take(gift.said)
}

test('whatever the order in which messages overlap, all come to the average weighted by examples', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      (counts, numbers) => {
        const peers = counts.map((samples, i) => ({ agreement: new Agreement(samples), samples, model: i }))
        const total = counts.reduce((sum, count) => sum + count, 0)
        const mean = counts.reduce((sum, count, i) => sum + count * i, 0) / total
        const next = (below: number): number => (numbers.next().value ?? 0) % below
        const flying: Letter[] = []
        for (let i = 0; i < 200 * peers.length; i++) {
          const [one, other] = [peers[next(peers.length)], peers[i % peers.length]]
          if (one === undefined || other === undefined || one === other) continue
          flying.push(send(one, other), send(other, one))
          while (flying.length > 4) {
            const [letter] = flying.splice(next(flying.length), 1)
            if (letter !== undefined) arrive(letter)
          }
        }
        for (const letter of flying) arrive(letter)
        for (const { model } of peers) expect(Math.abs(model - mean)).toBeLessThan(0.15)
      },
    ),
    { numRuns: 100 },
  )
})

test('what did not arrive comes back, and training begins anew', () => {
  const agreement = new Agreement(100)
  const gift = agreement.give()
  expect(gift.said).toBe(50 * 256)
  expect(agreement.shareOf(50 * 256)).toBeCloseTo(0.5)
  agreement.takeBack(gift)
  expect(agreement.shareOf(100 * 256)).toBeCloseTo(0.5)
  agreement.take(300 * 256)
  expect(agreement.said).toBe(200 * 256)
  agreement.reset()
  expect(agreement.said).toBe(50 * 256)
})

test('nobody counts more than a hundred times, or less than a hundredth, of what is here', () => {
  const agreement = new Agreement(10)
  expect(agreement.shareOf(Number.MAX_SAFE_INTEGER)).toBeCloseTo(100 / 101)
  expect(agreement.shareOf(0)).toBeCloseTo(1 / 101)
})
