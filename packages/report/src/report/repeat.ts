import { html } from '../dom/element.ts'
import { section } from './page-parts.ts'
import type { Subject } from './subject.ts'

/** The command that gives the same figures, and what they depend on. */
export function repeatSection(subject: Subject): HTMLElement | undefined {
  const { document, context } = subject
  if (context.repeat === undefined) return undefined
  const { command, versions = {}, settings = [] } = context.repeat
  const parts = [...settings, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)]
  return section(
    subject,
    'repeat',
    'Repeat it',
    'The same command on the same data gives the same figures to the last digit.',
    html(document, 'pre', {}, html(document, 'code', {}, command)),
    parts.length === 0 ? undefined : html(document, 'p', { class: 'note' }, parts.join(' · ')),
  )
}
