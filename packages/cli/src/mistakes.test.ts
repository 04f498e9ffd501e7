import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { errorLines } from './error/error-lines.ts'
import { listening } from './host.fixture.ts'
import { createProgram } from './program.ts'

const pupils = fileURLToPath(new URL('../../../docs/pupils/pupils.csv', import.meta.url))
const of = `${pupils} --task school --target mark`

describe('the command line', () => {
  it('has help with examples for every command', () => {
    const { commands } = createProgram(listening().host, '1.0.0')
    for (const command of commands) {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) })
      command.outputHelp()
      expect(help, command.name()).toMatch(/Examples?:\n[\s\S]*\$ mtl /)
    }
  })

  it.each([
    [`compare ${of}x`, /no column "markx". Did you mean "mark"\?/],
    [`compare ${pupils}x`, /there is no file .*Did you mean/],
    [`compare ${of} --splits many`, /--splits must be/],
    [`train ${of} --out unused`, /--method is missing/],
    [`train ${of} --method poled --out unused`, /no method "poled".*Nearest: pooled/],
    [`train ${of} --method pooled`, /--out is missing/],
    [`predict nowhere ${pupils}`, /there is no directory nowhere/],
    [`predict ${pupils} ${pupils}`, /is a file; a model is a directory/],
    [`predict nowhere ${pupils} --confidence 90`, /--confidence must be/],
    [`eval nowhere ${pupils}`, /there is no directory nowhere/],
    [`eval ${pupils} ${pupils}`, /is a file; a model is a directory/],
    [`eval nowhere ${pupils} --on school`, /--on names the key of a --descriptor-file/],
    [`inspect ${pupils}x`, /there is no file .*Did you mean/],
    ['inspect dataset:hsbb', /hsbb/],
    [`inspect ${of}x`, /no column "markx"/],
    ['doctor --jsn', /unknown option '--jsn' \(Did you mean --json\?\)/],
    ['doctor everything', /too many arguments for 'doctor'/],
    ['doctor --config', /argument missing/],
    ['config --shema', /Did you mean --schema\?/],
    ['config everything', /too many arguments for 'config'/],
    ['config --config nowhere.yaml', /--config nowhere.yaml: there is no such file/],
    ['completion', /missing required argument 'shell'/],
    ['completion basch', /Allowed choices are bash, zsh, fish/],
    ['completion bash everything', /too many arguments for 'completion'/],
  ])('says of "mtl %s" in one line what is wrong', async (line, message) => {
    const { host, error: heard } = listening()
    const args = line.split(' ')
    const error: unknown = await createProgram({ ...host, args }, '1.0.0')
      .parseAsync(args, { from: 'user' })
      .catch((reason: unknown) => reason)
    // What the parser finds it has said itself.
    const lines = error instanceof CommanderError ? heard().trimEnd().split('\n') : errorLines(error, false)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^error \[[a-z-]+\] /)
    expect(lines[0]).toMatch(message)
  })
})
