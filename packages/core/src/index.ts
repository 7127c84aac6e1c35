export { initialParameters, layersOf, modelLayout } from './task/models.ts'
export { presets } from './task/presets.ts'
export { completeTask, parseTask } from './task/schema.ts'
export type * from './task/task.ts'
