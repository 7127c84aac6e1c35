import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const sourceFirst = ['source', 'module', 'browser', 'development|production']

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions: ['source'] },
        ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
        test: {
          name: 'node',
          include: ['{packages,apps,bench,e2e}/**/src/**/*.test.ts', '{bench,e2e}/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**', '**/dist/**'],
          testTimeout: 180_000,
        },
      },
      {
        resolve: { conditions: sourceFirst },
        // As the app is served: threads share memory.
        server: {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
          },
        },
        optimizeDeps: {
          include: [
            '@gossamer/core > @tensorflow/tfjs-core',
            '@gossamer/core > @tensorflow/tfjs-layers',
            '@gossamer/core > @tensorflow/tfjs-backend-cpu',
            '@gossamer/core > @tensorflow/tfjs-backend-wasm',
            '@gossamer/core > @tensorflow/tfjs-backend-webgl',
            '@gossamer/core > @tensorflow/tfjs-backend-webgpu',
            '@gossamer/core > simple-peer/simplepeer.min.js',
            'fast-check',
          ],
        },
        test: {
          name: 'browser',
          include: ['{packages,apps}/**/src/**/*.browser.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 240_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: requireChromium(), args: chromiumFlags },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
