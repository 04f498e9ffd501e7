import { parseCsv } from '@mtl/core'
import { exampleData } from './example-data.ts'
import { examinationMarks as marks } from './tables/examination-marks.ts'
import type { ExampleData } from './types.ts'

/** Two marks of 1,905 pupils of 73 schools, one of the two missing for every fifth: tasks that share their rows. */
export const examinationMarks: ExampleData = /* @__PURE__ */ exampleData({
  name: 'gcsemv',
  title: 'Examination marks',
  source: 'Centre for Multilevel Modelling; R package mlmRev (Gcsemv)',
  citation:
    'Creswell (1991), A multilevel bivariate model, in Prosser, Rasbash and Goldstein (editors), Data Analysis with ML3, Institute of Education, London',
  licence: 'GPL-2.0-or-later',
  taskNoun: 'examination',
  units: { written: 'mark, per cent', course: 'mark of the course work, per cent', sex: '1 = female' },
  description: { targets: { written: 'regression', course: 'regression' }, inputs: ['sex'] },
  table: () => parseCsv(marks),
})
