export * from './neural-single-task.ts'
export * from './plugin.ts'
export * from './shared-bottom.ts'
