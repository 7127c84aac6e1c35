import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const sourceFirst = ['source', 'module', 'browser', 'development|production']

/** As the signaling server sends: threads may share memory on a page that is isolated. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  server: { headers },
  preview: { headers },
  plugins: [react()],
  resolve: { conditions: sourceFirst },
  worker: { format: 'es' },
  // First met inside the worker: found late, they would reload the page in the middle of the first training.
  optimizeDeps: {
    include: [
      '@gossamer/core > @tensorflow/tfjs-core',
      '@gossamer/core > @tensorflow/tfjs-layers',
      '@gossamer/core > @tensorflow/tfjs-backend-cpu',
      '@gossamer/core > @tensorflow/tfjs-backend-wasm',
      '@gossamer/core > @tensorflow/tfjs-backend-webgl',
      '@gossamer/core > @tensorflow/tfjs-backend-webgpu',
      '@gossamer/core > simple-peer/simplepeer.min.js',
    ],
  },
  build: {
    target: 'es2023',
    // light-dark() and @property as written: the browsers that have WebGPU have both.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    chunkSizeWarningLimit: 2500,
  },
})
