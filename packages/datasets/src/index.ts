export * from './datasets.ts'
export * from './examination-marks.ts'
export * from './high-school-and-beyond.ts'
export * from './sleep-study.ts'
export * from './verbal-aggression.ts'

export type * from './types.ts'
