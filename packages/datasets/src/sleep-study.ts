import { parseCsv } from '@mtl/core'
import { exampleData } from './example-data.ts'
import { sleepReactions } from './tables/sleep-study.ts'
import type { ExampleData } from './types.ts'

/** 18 persons on ten days of too little sleep: small, and slopes differ. */
export const sleepStudy: ExampleData = /* @__PURE__ */ exampleData({
  name: 'sleepstudy',
  title: 'Sleep deprivation',
  source: 'Walter Reed Army Institute of Research; R package lme4 (sleepstudy)',
  citation:
    'Belenky and others (2003), Patterns of performance degradation and restoration during sleep restriction and subsequent recovery, Journal of Sleep Research 12',
  licence: 'GPL-2.0-or-later',
  taskNoun: 'person',
  units: { reaction: 'reaction time, ms', days: 'days of sleep deprivation' },
  description: { task: 'person', targets: { reaction: 'regression' }, inputs: ['days'] },
  table: () => parseCsv(sleepReactions),
})
