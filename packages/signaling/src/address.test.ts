import { expect, test } from 'vitest'
import { network } from './address.ts'

test('addresses are counted as a household holds them', () => {
  expect(network('203.0.113.9')).toBe('203.0.113.9')
  expect(network('::ffff:203.0.113.9')).toBe('203.0.113.9')
  expect(network('::1')).toBe('0:0:0:0::/64')
  expect(network('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(network('2001:0DB8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(network('2001:db8::9')).toBe('2001:db8:0:0::/64')
  expect(network('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
})
