import * as tf from '@tensorflow/tfjs'
import type { TaskInfo } from '../../data/types.ts'
import { checkNumber } from '../../error/check-number.ts'
import { check } from '../../error/mtl-error.ts'
import { ownTaskRows, takeRows } from '../take-rows.ts'
import type { Architecture, Batch, Body, DataShape, HeadOptions, Network, Variables } from '../types.ts'
import type { HeadGroup } from './group.ts'
import { headGroups } from './group.ts'
import { descriptorsOf, headOutputs, initialHead, penaliseOwn } from './head.ts'
import { inputLayer, type InputLayer } from './input-layer.ts'

/** Of what tasks own in their heads; the first where no rows are held out to choose by. */
const penalties = [0, 5, 20, 80]

/**
 * Adds what all architectures have in common: embeddings, one width for all tables, towers and heads.
 * Descriptors, where there are any, are further inputs of the shared heads w_0. Where tasks have heads or towers of
 * their own alone, nothing can be said of an unseen task, whatever `capabilities` says.
 * @throws MtlError 'invalid-option'; in `build` 'unknown-name'
 */
export function withHeads(definition: {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly capabilities?: Architecture['capabilities']
  /** `features`: columns of the body's `x`. */
  body(features: number, shape: DataShape): Body
  readonly heads?: HeadOptions
}): Architecture {
  const { name, options, capabilities, heads = {} } = definition
  const { sharing = 'shared-plus-own' } = heads
  const isChosen = heads.penalty === 'validation'
  const penalty = isChosen
    ? penalties[0]
    : checkNumber('heads.penalty', heads.penalty ?? 0, { min: 0, below: Infinity })
  check(
    ['shared-plus-own', 'own'].includes(sharing),
    'invalid-option',
    `heads.sharing must be 'shared-plus-own' or 'own', got '${sharing}'`,
  )
  const ownAlone = sharing === 'own' || !isEmpty(heads.taskLayers)
  return {
    name,
    options,
    capabilities: {
      ...capabilities,
      ...(sharing === 'own' && { descriptors: 'ignored' as const }),
      ...(ownAlone && { unseenTasks: [] }),
    },
    ...(isChosen && {
      candidates: ({ tasks }: DataShape) =>
        tasks.length === 1
          ? []
          : penalties.map((value) => ({
              name: `penalty ${value}`,
              architecture: withHeads({ ...definition, heads: { ...heads, penalty: value } }),
            })),
    }),
    build(shape) {
      const input = inputLayer(shape, heads.embedding)
      const body = definition.body(input.features, shape)
      const groups = headGroups(shape, body.units, heads)
      return {
        groups,
        init: (random) => {
          const parts = groups.map((group, g) =>
            initialHead(group, sharing, shape.descriptor, random.fork(`head ${g}`)),
          )
          return Object.assign(
            {},
            input.init(random.fork('input')),
            body.init(random.fork('body')),
            ...parts,
          ) as Variables
        },
        forward(v, batch, pass) {
          const x = input.apply(v, batch)
          const { representation, shared } = body.forward(v, x, batch, pass)
          const z =
            batch.taskOf && representation.rank === 3
              ? ownTaskRows(representation, batch.taskOf)
              : representation
          const outputs = groups.map((group) => groupOutputs(group, v, z, batch, pass, shape.tasks.length))
          if (pass && penalty > 0) for (const group of groups) penaliseOwn(group, v, penalty, pass)
          const common = shared ?? (z.rank === 2 && !batch.taskOf ? z : undefined)
          return { outputs, ...(common && { shared: common }) }
        },
        ...(body.proximal && { proximal: (v, stepSize) => body.proximal?.(v, stepSize) ?? v }),
        ...(body.views && {
          views: shown(input, async (...given) => (await body.views?.(...given)) ?? []),
        }),
        ...(body.warnings && {
          warnings: shown(input, async (...given) => (await body.warnings?.(...given)) ?? []),
        }),
      } satisfies Network
    },
  }
}

/** What a body says of encoded rows, as the network says it of a batch. */
function shown<Found>(
  input: InputLayer,
  find: (v: Variables, x: tf.Tensor2D, batch: Batch, tasks: readonly TaskInfo[]) => Promise<Found>,
): (v: Variables, batch: Batch, tasks: readonly TaskInfo[]) => Promise<Found> {
  return async (v, batch, tasks) => {
    const x = tf.tidy(() => tf.clone(input.apply(v, batch)))
    try {
      return await find(v, x, batch, tasks)
    } finally {
      x.dispose()
    }
  }
}

function isEmpty(taskLayers: HeadOptions['taskLayers'] = []): boolean {
  return Object.values(taskLayers).flat().length === 0
}

/** [cells, outputs] of a group, from [rows, units] or, where rows are shared, [rows, tasks, units]. */
function groupOutputs(
  group: HeadGroup,
  v: Variables,
  z: tf.Tensor,
  batch: Batch,
  pass: Parameters<Network['forward']>[2],
  tasks: number,
): tf.Tensor2D {
  const { taskOf } = batch
  const rows = taskOf && !group.isWhole ? rowsOf(group, taskOf) : undefined
  if (rows?.length === 0) return tf.zeros([0, group.outputs])
  const own = rows && taskOf ? rows.map((row) => group.position[taskOf[row]]) : taskOf
  const read = readBy(group, z, rows, tasks)
  const cells = { inputs: batch.inputs, ...(own && { taskOf: own }) }
  const h = group.hasTower ? group.tower.apply(v, read, cells, pass) : read
  return headOutputs(group, v, h, own, descriptorsOf(group, v, batch, rows))
}

/** What the group reads of a representation by row, or by row and task. */
function readBy(group: HeadGroup, z: tf.Tensor, rows: Int32Array | undefined, tasks: number): tf.Tensor {
  if (rows) return takeRows(z as tf.Tensor2D, rows)
  return group.isWhole || z.rank === 2 ? z : ofGroup(group, z, tasks)
}

/** Rows of a batch whose tasks are in the group. */
function rowsOf({ position }: HeadGroup, taskOf: Int32Array): Int32Array {
  return Int32Array.from(taskOf.keys()).filter((row) => position[taskOf[row]] >= 0)
}

/** [rows, tasks of the group, units] from [rows, tasks, units]. */
function ofGroup(group: HeadGroup, z: tf.Tensor, tasks: number): tf.Tensor {
  const [rows, , units] = z.shape
  const size = group.tasks.length
  const flat = tf.reshape<tf.Rank.R2>(z, [rows * tasks, units])
  const cells = Int32Array.from(
    { length: rows * size },
    (_, c) => Math.floor(c / size) * tasks + group.tasks[c % size],
  )
  return tf.reshape(takeRows(flat, cells), [rows, size, units])
}
