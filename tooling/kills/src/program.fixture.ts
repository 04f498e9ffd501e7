import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))
const slowDisk = new URL('./slow-disk.js', import.meta.url).href

/** `mtl` built and installed in a folder: it starts ten times as fast as from its source. */
export async function buildProgram(folder: string): Promise<string> {
  const installed = path.join(folder, 'node_modules')
  await buildPackage('core', ['index'], path.join(installed, '@mtl/core'))
  await buildPackage('workers', ['node', 'worker'], path.join(installed, '@mtl/workers'))
  await buildPackage('cli', ['main', 'worker'], folder)
  // It starts threads from a file of its own, and stays a package.
  await symlink(path.join(packages, 'workers/node_modules/tinypool'), path.join(installed, 'tinypool'))
  const program = path.join(folder, 'mtl.js')
  await writeFile(
    program,
    "const { main } = await import('./dist/main.js')\nprocess.exitCode = await main(process.argv.slice(2))\n",
  )
  return program
}

async function buildPackage(name: string, modules: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await copyFile(path.join(packages, name, 'package.json'), path.join(folder, 'package.json'))
  await build({
    config: false,
    silent: true,
    entry: Object.fromEntries(
      modules.map((module) => [module, path.join(packages, name, `src/${module}.ts`)]),
    ),
    outDir: path.join(folder, 'dist'),
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Of the packages with methods those that are installed are here those that start quickly.
    external: [/^@mtl\/(?!clustering|sparse)/, 'tinypool'],
    noExternal: [/^(?!@mtl\/|tinypool$)/, /^@mtl\/(clustering|sparse)/],
    // What is not an ES module asks for `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)",
    },
    esbuildOptions(options) {
      options.conditions = ['@mtl/source']
    },
  })
}

export interface Ending {
  /** Null where the process was killed. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

export interface Call {
  readonly program: string
  readonly folder: string
  readonly args: readonly string[]
  /** Takes stdout, as `> file` of a shell does. */
  readonly into?: string
  /** Milliseconds after which the process is killed. */
  readonly killAfter?: number
}

/** Runs the program in a process of its own, on a slow disk, up to its end or its kill. */
export function run({ program, folder, args, into, killAfter }: Call): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const file = into === undefined ? undefined : openSync(path.join(folder, into), 'w')
    const started = performance.now()
    const child = spawn(process.execPath, ['--import', slowDisk, program, ...args], {
      cwd: folder,
      stdio: ['ignore', file ?? 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    })
    if (file !== undefined) closeSync(file)
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter)
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (text) => (stdout += String(text)))
    child.stderr?.on('data', (text) => (stderr += String(text)))
    child.on('error', reject)
    child.on('close', (status) => {
      clearTimeout(timer)
      resolve({ status, stdout, stderr, milliseconds: performance.now() - started })
    })
  })
}
