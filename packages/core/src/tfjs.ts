export { type CompileOptions, compileTraining, type ModelTraining } from './adapters/tfjs/compile-training.ts'
export { type ChooseOptions, type ChosenTrainer, chooseTrainer } from './adapters/tfjs/select-backend.ts'
export { createTfjsTrainer, type TfjsTrainer, type TfjsTrainerOptions } from './adapters/tfjs/trainer.ts'
