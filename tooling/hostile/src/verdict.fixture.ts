import { MtlError } from '@mtl/core'

/** How the cases of a suite ended. */
export interface Endings {
  readonly results: number
  /** Cases that ended in an error of the library, by its code. */
  readonly refused: Readonly<Record<string, number>>
  /** What must not be: other errors and answers that are not finite, with the case that caused them. */
  readonly foreign: readonly string[]
  /** Milliseconds of the slowest case. */
  readonly slowest: number
  /** Bytes by which the memory in use grew at most between two looks. */
  readonly growth: number
}

/** Cases between two looks at memory. */
const between = 250

/** Runs each case to its end: a result, an error of the library, or something that must not be. */
export async function endingsOf(
  cases: number,
  run: (index: number) => unknown,
  describe: (index: number) => string,
): Promise<Endings> {
  let results = 0
  let slowest = 0
  const refused: Record<string, number> = {}
  const foreign: string[] = []
  const first = process.memoryUsage().rss
  let most = first
  for (let index = 0; index < cases; index++) {
    const started = performance.now()
    try {
      await run(index)
      results++
    } catch (error) {
      if (error instanceof MtlError) refused[error.code] = (refused[error.code] ?? 0) + 1
      else foreign.push(`${trace(error)}, in ${describe(index)}`)
    }
    slowest = Math.max(slowest, performance.now() - started)
    if (index % between === 0) most = Math.max(most, process.memoryUsage().rss)
  }
  return { results, refused, foreign, slowest, growth: most - first }
}

/** The error and the place that threw it. */
function trace(error: unknown): string {
  return error instanceof Error ? String(error.stack).split('\n', 2).join('') : String(error)
}

/** One line of figures, for the log of the run. */
export function figuresOf(name: string, { results, refused, slowest, growth }: Endings): string {
  const codes = Object.entries(refused)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} ${code}`)
  const megabytes = Math.round(growth / 2 ** 20)
  return `${name}: ${results} results, ${codes.join(', ')}; slowest ${Math.round(slowest)} ms, memory +${megabytes} MB`
}
