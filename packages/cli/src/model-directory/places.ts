import path from 'node:path'

/** The files of a stored model; it is whole only with all three. */
export const modelFiles = ['model.json', 'table.json', 'run.json'] as const

/** What keeps an interrupted training in the directory that it is to fill. */
export const trainingFiles = { training: 'checkpoint.json', comparison: 'comparison.json' } as const

/**
 * Where a model stands while it takes the place of another. `writing` is never read; it is renamed to `next` when it is
 * whole; then the directory is renamed to `previous` and `next` to the directory. So at any moment the model is in
 * the directory or, where there is none, in `next`.
 */
export interface Places {
  readonly folder: string
  readonly writing: string
  readonly next: string
  readonly previous: string
}

export function placesOf(folder: string): Places {
  const place = path.resolve(folder)
  const beside = (state: string): string =>
    path.join(path.dirname(place), `.${path.basename(place)}.mtl-${state}`)
  return { folder: place, writing: beside('writing'), next: beside('next'), previous: beside('previous') }
}
