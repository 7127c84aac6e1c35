import { expect, test } from 'vitest'
import { provesIdentity, sameSecret } from './proof.ts'
import { newKey, signature } from './scripted-client.ts'

test('a signature proves its own key over its own challenge, and nothing else', () => {
  const [ann, eve] = [newKey(), newKey()]
  expect(provesIdentity(ann.peer, 'nonce', signature(ann, 'nonce'))).toBe(true)
  expect(provesIdentity(ann.peer, 'nonce', signature(eve, 'nonce'))).toBe(false)
  expect(provesIdentity(ann.peer, 'nonce', signature(ann, 'other'))).toBe(false)
  expect(provesIdentity(ann.peer.slice(2), 'nonce', signature(ann, 'nonce'))).toBe(false)
  expect(provesIdentity(ann.peer, 'nonce', 'zz')).toBe(false)
})

test('keys of small order, under which forged signatures hold now and then, prove nothing', () => {
  const full = `${'ff'.repeat(30)}`
  const unsigned = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ...['ec', 'ed', 'ee'].map((low) => `${low}${full}7f`),
  ]
  const signed = unsigned.map((key) => {
    const last = Number.parseInt(key.slice(-2), 16) | 0x80
    return `${key.slice(0, -2)}${last.toString(16)}`
  })
  const keys = [...unsigned, ...signed]
  for (const key of keys) {
    for (const point of keys) {
      for (let nonce = 0; nonce < 16; nonce++) {
        expect(provesIdentity(key, `${nonce}`, `${point}${'00'.repeat(32)}`)).toBe(false)
      }
    }
  }
})

test('secrets are compared whole', () => {
  expect(sameSecret('sesame', 'sesame')).toBe(true)
  expect(sameSecret('sesam', 'sesame')).toBe(false)
  expect(sameSecret('', 'sesame')).toBe(false)
})
