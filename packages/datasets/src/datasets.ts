import { examinationMarks } from './examination-marks.ts'
import { highSchoolAndBeyond } from './high-school-and-beyond.ts'
import { sleepStudy } from './sleep-study.ts'
import type { ExampleData } from './types.ts'
import { verbalAggression } from './verbal-aggression.ts'

/** All sets by name. */
export const datasets: Readonly<Record<'hsb' | 'verbagg' | 'sleepstudy' | 'gcsemv', ExampleData>> = {
  hsb: highSchoolAndBeyond,
  verbagg: verbalAggression,
  sleepstudy: sleepStudy,
  gcsemv: examinationMarks,
}
