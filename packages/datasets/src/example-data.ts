import { datasetFromTable } from '@mtl/core'
import type { ExampleData } from './types.ts'

/** Adds the tasks to a table and its description. */
export function exampleData(parts: Omit<ExampleData, 'data'>): ExampleData {
  return { ...parts, data: () => datasetFromTable(parts.table(), parts.description) }
}
