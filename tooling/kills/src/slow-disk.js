// Loaded before the program: every change of a file takes a while, so that kills at random moments fall into the midst of
// one, and the program's clock runs fast and leaves the disk out, so that it keeps its state often.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { performance } from 'node:perf_hooks'

const pace = 50
const millisecondsPerCall = 8
const never = new Int32Array(new SharedArrayBuffer(4))
const now = performance.now.bind(performance)
let waited = 0

function wait() {
  const started = now()
  Atomics.wait(never, 0, 0, millisecondsPerCall)
  waited += now() - started
}

performance.now = () => pace * (now() - waited)

const { writeFileSync } = fs
for (const name of ['renameSync', 'mkdirSync', 'rmSync', 'rmdirSync']) {
  const call = fs[name]
  fs[name] = (...args) => {
    wait()
    return call(...args)
  }
}
fs.writeFileSync = (file, data, options) => {
  wait()
  if (typeof file === 'string' && typeof data === 'string') {
    writeFileSync(file, data.slice(0, data.length / 2))
    wait()
  }
  writeFileSync(file, data, options)
}
syncBuiltinESMExports()
