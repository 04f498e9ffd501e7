// Which schools are alike? A tree of 160 schools by how their pupils' mathematics depend on socio-economic status, minority and sex;
// the sector of a school, which the tree does not see, colours its leaves.
import { datasetFromTable, fit } from '@mtl/core'
import type { TreeView } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'
import { latentHierarchy } from '@mtl/hierarchy'

const table = highSchoolAndBeyond.table()
const data = datasetFromTable(table, highSchoolAndBeyond.description)
const sectors = new Map(
  Array.from(table[highSchoolAndBeyond.description.task ?? 'school'], (school, row) => [
    String(school),
    Number(table['sector'][row]) === 1 ? 'Catholic' : 'public',
  ]),
)

const model = await fit(latentHierarchy({ trees: 5, folds: 2 }), data, { random: 7 })

const { stacking, newick } = model.parameters
if (stacking) {
  const best = stacking.logDensity.indexOf(Math.max(...stacking.logDensity))
  console.log(`Share of the trees in predictions: ${Math.round(100 * stacking.share[best])} %`)
}
for (const warning of model.diagnostics.warnings) console.log(`Note: ${warning}`)

// A view as a report draws it, its leaves coloured by sector.
const view: TreeView = {
  kind: 'tree',
  title: 'Tree of schools',
  reading: 'Schools that join early are alike; numbers are the support of a group in per cent.',
  newick,
  groups: Object.fromEntries(data.tasks.map(({ name }) => [name, sectors.get(name) ?? 'unknown'])),
}
console.log(`\n${view.newick.slice(0, 200)} ...`)

// The tree of one sample: do schools of a sector join each other?
const [{ children }] = model.parameters.fits
let [alike, pairs] = [0, 0]
for (let i = 0; i < children.length; i += 2) {
  if (Math.max(children[i], children[i + 1]) >= data.tasks.length) continue
  const [a, b] = [data.tasks[children[i]], data.tasks[children[i + 1]]]
  pairs++
  if (sectors.get(a.name) === sectors.get(b.name)) alike++
}
console.log(`\nOf ${pairs} pairs of schools that join first of all, ${alike} are of one sector`)
