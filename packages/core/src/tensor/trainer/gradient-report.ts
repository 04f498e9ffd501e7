import type { Matrix } from '../../linalg/types.ts'

/**
 * Norms d_t of the tasks' gradients, their cosines, the dominance of the largest 1 - H(p) / log m with p = d / sum d
 * (0 for equal norms, 1 where one is alone), and the share of pairs that conflict (negative cosine). Keys are
 * 'norm/<task>', 'cosine/<task>/<task>', 'dominance' and 'conflict-share'; a cosine with a gradient of zeros is 0.
 */
export function gradientReport(
  { rows, data }: Matrix,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const norms = Float64Array.from({ length: rows }, (_, i) => Math.sqrt(data[i * rows + i]))
  const report: Record<string, number> = {}
  let conflicts = 0
  for (let i = 0; i < rows; i++) {
    report[`norm/${names[i]}`] = norms[i]
    for (let j = i + 1; j < rows; j++) {
      const scale = norms[i] * norms[j]
      const cosine = scale === 0 ? 0 : data[i * rows + j] / scale
      if (cosine < 0) conflicts += 1
      report[`cosine/${names[i]}/${names[j]}`] = cosine
    }
  }
  if (rows > 1) {
    report.dominance = dominance(norms)
    report['conflict-share'] = conflicts / ((rows * (rows - 1)) / 2)
  }
  return report
}

/** 1 - H(p) / log m; 0 where all norms are 0. */
export function dominance(norms: Float64Array): number {
  const total = norms.reduce((sum, norm) => sum + norm, 0)
  if (total === 0) return 0
  let entropy = 0
  for (const norm of norms) if (norm > 0) entropy -= (norm / total) * Math.log(norm / total)
  return 1 - entropy / Math.log(norms.length)
}
