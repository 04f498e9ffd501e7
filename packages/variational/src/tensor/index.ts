export type { VariationalNetworkOptions } from './network-options.ts'
export * from './plugin.ts'
export * from './variational-network.ts'
