import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // Two cores and many tabs: one test at a time, and none is hurried.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 20_000 },
})
