/**
 * Where the shared parameters stand in one vector x, so that each optimiser moves a vector and nothing else:
 *
 *   W (H x D), then for each output  M_a (K times P x J), L_a (K times P x P), log s2, U (K x F)
 *
 * D = d + 1 inputs with the leading 1, P = H + 1 units with the leading 1 (D for identity units, which have no W).
 * The upper triangles of L_a are 0 and so is their gradient: they stay 0.
 */
export type Activation = 'identity' | 'linear' | 'tanh'

export interface Layout {
  readonly activation: Activation
  /** D. */
  readonly inputs: number
  /** P. */
  readonly units: number
  /** K. */
  readonly clusters: number
  /** J: terms of the prior mean, the leading 1 included. */
  readonly meanTerms: number
  /** F: terms of the gate, the leading 1 included. */
  readonly gateTerms: number
  /** Numbers or two classes have one, several classes one for each. */
  readonly outputs: number
}

/** First positions of an output's parts. */
export interface Block {
  readonly means: number
  readonly factors: number
  readonly logNoise: number
  readonly gates: number
}

/** H. */
export function hiddenUnits({ activation, units }: Layout): number {
  return activation === 'identity' ? 0 : units - 1
}

export function blockOf(layout: Layout, output: number): Block {
  const { units, clusters, meanTerms } = layout
  const means = hiddenUnits(layout) * layout.inputs + output * blockSize(layout)
  const factors = means + clusters * units * meanTerms
  const logNoise = factors + clusters * units * units
  return { means, factors, logNoise, gates: logNoise + 1 }
}

export function sizeOf(layout: Layout): number {
  return hiddenUnits(layout) * layout.inputs + layout.outputs * blockSize(layout)
}

function blockSize({ units, clusters, meanTerms, gateTerms }: Layout): number {
  return clusters * units * (meanTerms + units) + 1 + clusters * gateTerms
}
