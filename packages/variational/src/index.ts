export type { VariationalOptions } from './options.ts'
export type { OuterRecord, RuleChoice, VariationalParameters } from './parameters.ts'
export * from './plugin.ts'
export { variational } from './variational.ts'
