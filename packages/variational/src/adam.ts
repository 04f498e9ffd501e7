/** Numbers under ascent and the moving means of their slopes and of these squared. */
export interface Moments {
  readonly values: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
}

const [firstDecay, secondDecay, leastRoot] = [0.9, 0.999, 1e-8]

export function adamStart(values: Float64Array): Moments {
  return { values, first: new Float64Array(values.length), second: new Float64Array(values.length) }
}

/** Upwards, step 1 being the first. Kingma and Ba (2015), Adam: a method for stochastic optimization, ICLR. */
export function adamStep(
  { values, first, second }: Moments,
  slope: Float64Array,
  step: number,
  learningRate: number,
): Moments {
  const newFirst = first.map((value, i) => firstDecay * value + (1 - firstDecay) * slope[i])
  const newSecond = second.map((value, i) => secondDecay * value + (1 - secondDecay) * slope[i] * slope[i])
  const [ofFirst, ofSecond] = [1 - firstDecay ** step, 1 - secondDecay ** step]
  return {
    values: values.map(
      (value, i) =>
        value + (learningRate * (newFirst[i] / ofFirst)) / (Math.sqrt(newSecond[i] / ofSecond) + leastRoot),
    ),
    first: newFirst,
    second: newSecond,
  }
}
