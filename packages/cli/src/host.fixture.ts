import type { Host } from './host.ts'

export interface Heard {
  readonly host: Host
  readonly out: () => string
  readonly error: () => string
  readonly story: () => string
  readonly abort: AbortController
}

/** A process that remembers what it was told. */
export function listening(isTTY = false, columns = 100, locale = 'C.UTF-8'): Heard {
  const texts = { out: '', error: '' }
  let story = (): string => ''
  const abort = new AbortController()
  const sink = (name: keyof typeof texts): Host['stdout'] => ({
    isTTY,
    columns,
    write(text) {
      texts[name] += text
      return true
    },
    once: () => undefined,
  })
  let seconds = 0
  const host: Host = {
    args: ['compare', 'dataset:sleepstudy', '--splits', '3'],
    stdout: sink('out'),
    stderr: sink('error'),
    plugins: [],
    environment: { LANG: locale },
    signal: abort.signal,
    onInterrupt: (describe) => (story = describe),
    clock: () => (seconds += 0.5),
  }
  return { host, out: () => texts.out, error: () => texts.error, story: () => story(), abort }
}
