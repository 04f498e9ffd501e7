/**
 * Every architecture of the plugin by name, with options that make it small enough for a test; without draws by the
 * number of tasks, which a task without rows would shift.
 */
export const smallOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'cross-stitch': { layers: [4] },
  'mixture-of-experts': { experts: 2, expertLayers: [4] },
  mmoe: { experts: 2, expertLayers: [4], expertDropout: 0 },
  'neural-single-task': { layers: [4] },
  ple: { levels: 1, sharedExperts: 1, taskExperts: 1, expertLayers: [4] },
  'shared-bottom': { layers: [4] },
  sluice: { layers: [4] },
}

const itsColumnIsRead = {
  'a task without rows disturbs no other': 'the others read its column',
  'a task without labels disturbs no other': 'the others read its column',
}

/** Laws that an architecture breaks by what it is, beside those that all networks break. */
export const ownExceptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cross-stitch': itsColumnIsRead,
  sluice: itsColumnIsRead,
}
