import { type CompleteTask, completeTask, type GossipSpec } from '@gossamer/core'

/** The published network as a task; how it is trained here, rules say. */
export const publishedTask = (gossip: Partial<GossipSpec>, seed: number): CompleteTask =>
  completeTask({
    version: 1,
    name: 'published',
    data: {
      kind: 'image',
      shape: [28, 28, 1],
      classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    },
    model: {
      kind: 'layers',
      layers: [
        { type: 'conv2d', filters: 32, kernel: 4 },
        { type: 'max-pool', size: 2 },
        { type: 'conv2d', filters: 16, kernel: 4 },
      ],
    },
    training: { optimizer: { kind: 'adam', learningRate: 0.001 }, batchSize: 32 },
    gossip,
    seed,
  })
