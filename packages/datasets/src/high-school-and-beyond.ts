import { joinColumns, parseCsv } from '@mtl/core'
import { exampleData } from './example-data.ts'
import { highSchoolPupils, highSchools } from './tables/high-school-and-beyond.ts'
import type { ExampleData } from './types.ts'

/** 7,185 pupils of 160 schools in the United States, 1982. */
export const highSchoolAndBeyond: ExampleData = /* @__PURE__ */ exampleData({
  name: 'hsb',
  title: 'High School & Beyond',
  source:
    'High School and Beyond, US Department of Education, National Center for Education Statistics; R packages mlmRev (Hsb82) and nlme (MathAchSchool)',
  citation:
    'Raudenbush and Bryk (2002), Hierarchical Linear Models: Applications and Data Analysis Methods, 2nd edition, Sage',
  licence: 'GPL-2.0-or-later',
  taskNoun: 'school',
  units: {
    mathach: 'mathematics achievement, points',
    ses: 'socio-economic status, standardised',
    minority: '1 = belongs to a minority',
    sex: '1 = female',
    sector: '1 = Catholic, 0 = public',
    size: 'pupils enrolled',
    mean_ses: 'mean socio-economic status of the pupils',
    academic_share: 'share of the pupils in the academic track',
    disciplinary_climate: 'scale of the disciplinary climate',
    high_minority: '1 = more than 40 % of the pupils belong to a minority',
  },
  description: {
    task: 'school',
    targets: { mathach: 'regression' },
    inputs: ['ses', 'minority', 'sex'],
    descriptor: ['sector', 'size', 'mean_ses'],
  },
  table: () => joinColumns(parseCsv(highSchoolPupils), parseCsv(highSchools), 'school'),
})
