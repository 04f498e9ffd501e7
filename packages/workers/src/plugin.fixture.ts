import { MtlError, definePlugin } from '@mtl/core'
import type { Plugin, Work } from '@mtl/core'

interface Asked {
  readonly what: string
  readonly value?: number
}

/** Takes at least as many milliseconds, in turns of the event loop. */
async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const until = performance.now() + milliseconds
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    signal?.throwIfAborted()
  }
}

/** Values are told apart by identity, so a worker that was given one twice counts two. */
const met = new Set<unknown>()

const deeds: Readonly<
  Record<
    string,
    (
      common: unknown,
      value: number,
      context: { signal?: AbortSignal; tell: (event: unknown) => void },
    ) => unknown
  >
> = {
  double: (_, value) => 2 * value,
  refuse: () => {
    throw new MtlError('invalid-option', 'value must be > 0', { value: -1 })
  },
  break: () => {
    throw new TypeError('this is not a function')
  },
  count: (common) => met.add(common).size,
  alike: (common) => {
    const { left, right } = common as { left: unknown; right: unknown }
    return left === right
  },
  tell: (_, value, { tell }) => {
    for (let i = 0; i < value; i++) tell(i)
    return 'told'
  },
  wait: async (_, value, { signal }) => {
    await pause(value, signal)
    return 'waited'
  },
  unsendable: () => () => undefined,
  exit: () => {
    const { process } = globalThis as unknown as { process: { exit(code: number): void } }
    process.exit(3)
  },
}

/** Does what a job says. */
export const deed: Work<unknown, Asked, unknown, unknown> = {
  name: 'workers-test/deed',
  async run(common, { what, value = 0 }, { signal, onEvent }) {
    signal?.throwIfAborted()
    const tell = (event: unknown): void => onEvent?.(event)
    return await deeds[what](common, value, { ...(signal && { signal }), tell })
  },
}

export const testPlugin: Plugin = definePlugin({
  name: 'workers-test',
  version: '1.0.0',
  works: { [deed.name]: deed },
})
