/**
 * Every architecture of the plugin by name, with options that make it small enough for a test; without draws by the
 * number of tasks, which a task without rows would shift.
 */
export const smallOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'mixture-of-experts': { experts: 2, expertLayers: [4] },
  mmoe: { experts: 2, expertLayers: [4], expertDropout: 0 },
  'neural-single-task': { layers: [4] },
  'shared-bottom': { layers: [4] },
}
