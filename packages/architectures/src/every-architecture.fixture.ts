/**
 * Every architecture of the plugin by name, with options that make it small enough for a test; without draws by the
 * number of tasks, which a task without rows would shift.
 */
export const smallOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aitm: { layers: [4] },
  'cross-stitch': { layers: [4] },
  'group-lasso': { layers: [4], penalty: 0.1 },
  'low-rank-adaptation': { layers: [4], rank: 2 },
  'mixture-of-experts': { experts: 2, expertLayers: [4] },
  mmoe: { experts: 2, expertLayers: [4], expertDropout: 0 },
  mtan: { layers: [4, 3] },
  'multi-task-attention': { units: 4 },
  'neural-single-task': { layers: [4] },
  ple: { levels: 1, sharedExperts: 1, taskExperts: 1, expertLayers: [4] },
  progressive: { layers: [4, 3] },
  routing: { modules: 2, moduleUnits: 4 },
  'shared-bottom': { layers: [4] },
  sluice: { layers: [4] },
  'tensor-factorisation': { layers: [4] },
}

const itsColumnIsRead = {
  'a task without rows disturbs no other': 'the others read its column',
  'a task without labels disturbs no other': 'the others read its column',
}

const itsColumnIsInTheGroups = {
  'a task without rows disturbs no other': 'its numbers are in the groups of all',
  'a task without labels disturbs no other': 'its numbers are in the groups of all',
}

const itsKernelIsFactorised = {
  'a task without rows disturbs no other': 'its kernel is factorised with the others',
  'a task without labels disturbs no other': 'its kernel is factorised with the others',
}

/** Laws that an architecture breaks by what it is, beside those that all networks break. */
export const ownExceptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aitm: itsColumnIsRead,
  'cross-stitch': itsColumnIsRead,
  'group-lasso': itsColumnIsInTheGroups,
  sluice: itsColumnIsRead,
  'tensor-factorisation': itsKernelIsFactorised,
}
