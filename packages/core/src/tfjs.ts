export { type ChooseOptions, type ChosenTrainer, chooseTrainer } from './adapters/tfjs/select-backend.ts'
export { createTfjsTrainer, type TfjsTrainer, type TfjsTrainerOptions } from './adapters/tfjs/trainer.ts'
