import type { LawName } from '../types.ts'
import type { Law } from './bench.ts'
import { inputLaws } from './inputs.ts'
import { labelLaws } from './labels.ts'
import { predictionLaws } from './predictions.ts'
import { refusalLaws } from './refusals.ts'
import { repeatableLaws } from './repeatable.ts'
import { storedLaws } from './stored.ts'
import { trainingLaws } from './training.ts'

/** All laws of estimators, by name. */
export const estimatorLaws: readonly (readonly [LawName, Law])[] = [
  repeatableLaws,
  trainingLaws,
  labelLaws,
  inputLaws,
  refusalLaws,
  predictionLaws,
  storedLaws,
].flatMap((group) => Object.entries(group) as [LawName, Law][])
