import { meanRegularised, singleTask } from '@mtl/core'
import { benchArchitectureSteps } from './architecture-steps.ts'
import { benchCholesky } from './cholesky.ts'
import { benchClustering } from './clustering.ts'
import { benchLongFits, benchShortFits } from './comparison.ts'
import { benchCosts } from './costs.ts'
import { benchCsv } from './csv.ts'
import { printGroupLassoPath } from './group-lasso.ts'
import { benchHierarchy } from './hierarchy.ts'
import { benchNetworkSteps } from './network-steps.ts'
import { benchNetworks } from './networks.ts'
import { benchLargeRegularised, benchRegularised } from './regularised.ts'
import { benchRidge } from './ridge.ts'
import { markdown } from './rows.ts'
import type { Row } from './rows.ts'
import { benchLargeSparse, benchSparse } from './sparse.ts'
import { benchSparseRealData } from './sparse-real-data.ts'
import { printSynthetic } from './synthetic.ts'
import { benchVariational } from './variational.ts'

/**
 * `pnpm bench` runs all in this order, `pnpm bench csv sparse` those that are named; `pnpm bench synthetic mmoe` alone, or
 * without a name for every architecture, the experiment of docs/networks.md, which takes most of an hour; `pnpm bench
 * group-lasso` alone the path of docs/architectures/group-lasso.md.
 */
const sections: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  // First: a cost is stated by code that has not run yet.
  costs: benchCosts,
  csv: benchCsv,
  ridge: async () => [
    await benchRidge(singleTask(), 160, 45, 3),
    await benchRidge(singleTask(), 10_000, 20, 10),
    await benchRidge(meanRegularised(), 10_000, 20, 10),
  ],
  cholesky: async () => [await benchCholesky(4), await benchCholesky(12)],
  comparison: async () => [
    await benchShortFits(0),
    await benchShortFits(1),
    await benchShortFits(2),
    await benchLongFits(0),
    await benchLongFits(1),
    await benchLongFits(2),
  ],
  clustering: benchClustering,
  hierarchy: benchHierarchy,
  networks: benchNetworks,
  'network-steps': benchNetworkSteps,
  'architecture-steps': benchArchitectureSteps,
  regularised: async () => [...(await benchRegularised()), benchLargeRegularised()],
  sparse: async () => [...(await benchSparse()), ...(await benchSparseRealData()), benchLargeSparse()],
  variational: benchVariational,
}

const asked = process.argv.slice(2)
if (asked[0] === 'synthetic') await printSynthetic(asked.slice(1))
else if (asked[0] === 'group-lasso') await printGroupLassoPath()
else await runSections()

async function runSections(): Promise<void> {
  const unknown = asked.filter((name) => !(name in sections))
  if (unknown.length > 0)
    throw new Error(`no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`)
  for (const name of asked.length > 0 ? asked : Object.keys(sections))
    console.log(`\n## ${name}\n\n${markdown(await sections[name]())}`)
}
