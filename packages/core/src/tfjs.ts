export { compileTraining } from './adapters/tfjs/layers-model/compile-training.ts'
export type { CompileOptions, ModelTraining } from './adapters/tfjs/layers-model/model-training.ts'
export { type ChooseOptions, type ChosenTrainer, chooseTrainer } from './adapters/tfjs/select-backend.ts'
export { createTfjsTrainer, type TfjsTrainer, type TfjsTrainerOptions } from './adapters/tfjs/trainer.ts'
