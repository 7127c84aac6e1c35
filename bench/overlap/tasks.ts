import { completeTask, type Examples, presets } from '@gossamer/core'

type Task = ReturnType<typeof completeTask>

const preset = (name: string, model?: Task['model']): Task => {
  const task = presets[name]
  if (task === undefined) throw new RangeError(`there is no preset ${name}`)
  return completeTask({
    ...task,
    ...(model === undefined ? {} : { model }),
    gossip: { ...task.gossip, neighbours: 8 },
  })
}

/** The presets that people train, and one of ten million parameters. */
export const tasks: Readonly<Record<string, Task>> = {
  mlp: preset('mnist'),
  cnn: preset('mnist-cnn'),
  '10M': preset('mnist', { kind: 'mlp', hidden: [4096, 1600] }),
}

export function taskOf(name: string): Task {
  const task = tasks[name]
  if (task === undefined) throw new RangeError(`there is no model ${name}`)
  return task
}

/** A bright patch for each class, in noise. */
export const examples: Examples = {
  inputs: Uint8Array.from({ length: 512 * 784 }, (_, i) => {
    const isPatch = Math.floor((i % 784) / 79) === Math.floor(i / 784) % 10
    return ((i * 7919) % 120) + (isPatch ? 120 : 0)
  }),
  labels: Uint8Array.from({ length: 512 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}
