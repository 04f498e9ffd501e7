import { meanRegularised, singleTask } from '@mtl/core'
import { benchCholesky } from './cholesky.ts'
import { benchClustering } from './clustering.ts'
import { benchLongFits, benchShortFits } from './comparison.ts'
import { benchCosts } from './costs.ts'
import { benchCsv } from './csv.ts'
import { benchLargeRegularised, benchRegularised } from './regularised.ts'
import { benchRidge } from './ridge.ts'
import { markdown } from './rows.ts'
import { benchLargeSparse, benchSparse } from './sparse.ts'

console.log(
  markdown([
    // First: a cost is stated by code that has not run yet.
    ...(await benchCosts()),
    ...(await benchCsv()),
    await benchRidge(singleTask(), 160, 45, 3),
    await benchRidge(singleTask(), 10_000, 20, 10),
    await benchRidge(meanRegularised(), 10_000, 20, 10),
    await benchCholesky(4),
    await benchCholesky(12),
    await benchShortFits(0),
    await benchShortFits(1),
    await benchShortFits(2),
    await benchLongFits(0),
    await benchLongFits(1),
    await benchLongFits(2),
    ...(await benchRegularised()),
    benchLargeRegularised(),
    ...(await benchSparse()),
    benchLargeSparse(),
    ...(await benchClustering()),
  ]),
)
