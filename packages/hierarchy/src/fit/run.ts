import { createRandom, type Iteration } from '@mtl/core'

export interface Ended<State> {
  readonly state: State
  readonly converged: boolean
}

/** Steps of an iteration that draws nothing, one after another, to its end. */
export function toEnd<State>(iteration: Iteration<State, State>): Ended<State> {
  const random = createRandom(0)
  let state = iteration.init(random)
  for (let step = 0; step < iteration.maxSteps; step++) {
    if (iteration.done?.(state)) return { state, converged: true }
    state = iteration.step(state, random)
  }
  return { state, converged: iteration.done?.(state) ?? false }
}
