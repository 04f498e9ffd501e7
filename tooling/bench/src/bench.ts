import { benchCholesky } from './cholesky.ts'
import { benchComparison } from './comparison.ts'
import { benchCsv } from './csv.ts'
import { benchRidge } from './ridge.ts'
import { markdown } from './rows.ts'

console.log(
  markdown([
    ...(await benchCsv()),
    await benchRidge(160, 45, 3),
    await benchRidge(10_000, 20, 10),
    await benchCholesky(4),
    await benchCholesky(12),
    await benchComparison(0),
    await benchComparison(1),
    await benchComparison(2),
  ]),
)
