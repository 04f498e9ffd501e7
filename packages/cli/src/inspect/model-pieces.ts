import type { Model } from '@mtl/core'
import { wrap } from '../text/layout.ts'
import { count } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'
import { drawView } from '../view/draw-view.ts'

const mostNamed = 6

/** What a model is and what it learnt, as text. */
export function* modelPieces(
  model: Model,
  options: Readonly<Record<string, unknown>>,
  style: Style,
): Generator<string> {
  const { estimator, tasks, diagnostics } = model
  const told = (text: string): string => `${wrap(text, style.width, '  ')}\n`
  const settings = Object.entries(options).map(([name, value]) => `${name} ${shortest(value)}`)
  yield told(`method ${estimator}${settings.length === 0 ? '' : `: ${settings.join(', ')}`}`)
  const kinds = [...new Set(tasks.map(({ kind, target }) => `${target} (${kind})`))]
  const inputs = [...new Set(tasks.flatMap(({ features }) => features.map(({ column }) => column)))]
  yield told(`${count(tasks.length)} tasks: ${listed(tasks.map(({ name }) => name))}`)
  yield told(
    `predicts ${listed(kinds)} from ${inputs.length} ${inputs.length === 1 ? 'input' : 'inputs'}: ${listed(inputs)}`,
  )
  const { steps, converged, warnings } = diagnostics
  yield told(
    steps === 0
      ? 'solved in closed form'
      : `${count(steps)} steps, ${converged ? 'converged' : 'stopped at their limit, not converged'}`,
  )
  for (const warning of warnings) yield told(`warning: ${warning}`)
  for (const view of model.views()) yield `\n${drawView(view, style).join('\n')}\n`
}

function shortest(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function listed(names: readonly string[]): string {
  const rest = names.length > mostNamed ? ` and ${count(names.length - mostNamed)} more` : ''
  return `${names.slice(0, mostNamed).join(', ')}${rest}`
}

/** The same as one JSON object; typed arrays as lists, what is undefined as null. */
export function modelJson(model: Model, options: Readonly<Record<string, unknown>>): string {
  const { estimator, diagnostics } = model
  const tasks = model.tasks.map(({ name, kind, target, classes, features }) => ({
    ...{ name, kind, target, classes },
    inputs: features.map((feature) => feature.name),
  }))
  const views = model.views()
  return JSON.stringify({ estimator, options, tasks, diagnostics, views }, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  )
}
