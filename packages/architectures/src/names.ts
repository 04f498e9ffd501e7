/**
 * The architectures by name. An entry of its own without imports, so that a program that only lists them, as the command
 * line does, loads no tensors.
 */
export const architectureNames = [
  'aitm',
  'cross-stitch',
  'group-lasso',
  'low-rank-adaptation',
  'mixture-of-experts',
  'mmoe',
  'mtan',
  'multi-task-attention',
  'neural-single-task',
  'ple',
  'progressive',
  'routing',
  'shared-bottom',
  'sluice',
  'tensor-factorisation',
] as const

export type ArchitectureName = (typeof architectureNames)[number]
