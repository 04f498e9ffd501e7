import type { Command } from 'commander'
import { MtlError } from '@mtl/core'
import type { Host } from '../host.ts'
import { paint, styleFor } from '../text/style.ts'
import { wrap } from '../text/layout.ts'
import { findings } from './checks.ts'
import type { Finding } from './checks.ts'

const tones = { ok: 'help', note: 'muted', fault: 'hurt' } as const
const indent = '       '

/**
 * `mtl doctor`: what the commands rest on, whether it is in order, and what to do.
 * @throws MtlError 'cli/unwell' where something is not in order
 */
export async function runDoctor(
  { json = false }: { readonly json?: boolean },
  root: Command,
  host: Host,
): Promise<void> {
  const style = styleFor(host.stdout, host.environment)
  const found: Finding[] = []
  for await (const finding of findings(root, host)) {
    found.push(finding)
    const { state, what } = finding
    const [first, ...others] = wrap(what, style.width - indent.length).split('\n')
    if (json) continue
    host.stdout.write(`${paint(state.padEnd(indent.length), tones[state], style)}${first}\n`)
    for (const line of others) host.stdout.write(`${indent}${line}\n`)
  }
  if (json) host.stdout.write(`${JSON.stringify({ findings: found })}\n`)
  const faults = found.filter(({ state }) => state === 'fault').length
  if (faults > 0)
    throw new MtlError('cli/unwell', `${faults} of ${found.length} are not in order; each says what to do`)
}
