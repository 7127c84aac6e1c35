import { type CompleteTask, completeTask, type GossipSpec, type Task } from '@gossamer/core'

/** Ways to exchange that have a name, the usual one first. What one leaves out has its default. */
const recipes = {
  standard: {},
  'few-bytes': { codec: 'sign', everySteps: 60, neighbours: 2 },
  'hard-split': { codec: 'sign', everySteps: 20, options: { mixing: 0.7 } },
} satisfies Readonly<Record<string, Partial<GossipSpec>>>

export type RecipeName = keyof typeof recipes

export const recipeNames: readonly RecipeName[] = ['standard', 'few-bytes', 'hard-split']

/** The task whose room exchanges by a recipe; which tensors stay home is no part of one. */
export function follow(task: Task, recipe: RecipeName): CompleteTask {
  const { stays = [] } = task.gossip ?? {}
  return completeTask({ ...task, gossip: { stays, ...recipes[recipe] } })
}
