import { serveEngine } from '@gossamer/core/worker'

serveEngine()
