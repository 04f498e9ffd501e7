import { library } from '../../tooling/tsup.ts'

export default library({ index: 'src/index.ts', 'tensor/index': 'src/tensor/index.ts' })
