import { library } from '../../tooling/tsup.ts'

export default library({ node: 'src/node.ts', browser: 'src/browser.ts', worker: 'src/worker.ts' })
