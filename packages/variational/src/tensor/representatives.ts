/**
 * For each row and each task the row that stands for that task: the mean of the task's rows of the same class (of numbers: of all its
 * rows), weighed by attention
 *
 *   softmax over m of <x_n, x_m> / (max_m - min_m + 1e-9)
 *
 * Shen, Zhen, Worring and Shao (2021), as their program has it.
 */

/** Rows of a batch, and its cells: pairs of a row and a task with a label. */
export interface LabelledCells {
  /** Row by row. */
  readonly inputs: Float32Array
  readonly columns: number
  readonly tasks: number
  /** Of each cell. */
  readonly rowOf: Int32Array
  readonly taskOf: Int32Array
  /** Its class; 0 for numbers. */
  readonly classOf: Int32Array
  readonly isLabelled: Uint8Array
}

export interface Representatives {
  /** A question is a row with a class: [questions * tasks, columns]. Zeros where there is none. */
  readonly inputs: Float32Array
  /** [questions * tasks]: 1 where the task has a row of that class. */
  readonly isKnown: Float32Array
  /** Of each cell. */
  readonly questionOf: Int32Array
}

/** Rows of the batch squared times columns, and as much again for each class of a row. */
export function representatives(cells: LabelledCells): Representatives {
  const { tasks, columns, inputs, rowOf, taskOf, classOf, isLabelled } = cells
  const questions = new Map<string, { readonly row: number; readonly label: number; readonly at: number }>()
  const candidates = new Map<string, number[]>()
  const questionOf = rowOf.map((row, c) => {
    const [label, key] = [classOf[c], `${row} ${classOf[c]}`]
    const question = questions.get(key) ?? { row, label, at: questions.size }
    questions.set(key, question)
    if (isLabelled[c] === 1) {
      const place = `${taskOf[c]} ${label}`
      const rows = candidates.get(place) ?? []
      rows.push(row)
      candidates.set(place, rows)
    }
    return question.at
  })
  const result = new Float32Array(questions.size * tasks * columns)
  const isKnown = new Float32Array(questions.size * tasks)
  const scores = new Float64Array(inputs.length / Math.max(1, columns))
  for (const { row, label, at } of questions.values()) {
    scoreRows(scores, inputs, columns, row)
    for (let task = 0; task < tasks; task++) {
      const rows = candidates.get(`${task} ${label}`)
      if (rows === undefined) continue
      const place = at * tasks + task
      isKnown[place] = 1
      attend(result.subarray(place * columns, (place + 1) * columns), rows, scores, inputs)
    }
  }
  return { inputs: result, isKnown, questionOf }
}

function scoreRows(scores: Float64Array, inputs: Float32Array, columns: number, row: number): void {
  const own = row * columns
  for (let m = 0, at = 0; m < scores.length; m++) {
    let sum = 0
    for (let j = 0; j < columns; j++, at++) sum += inputs[own + j] * inputs[at]
    scores[m] = sum
  }
}

function attend(
  result: Float32Array,
  rows: readonly number[],
  scores: Float64Array,
  inputs: Float32Array,
): void {
  let [least, most] = [Infinity, -Infinity]
  for (const m of rows) {
    least = Math.min(least, scores[m])
    most = Math.max(most, scores[m])
  }
  const range = most - least + 1e-9
  const columns = result.length
  let total = 0
  for (const m of rows) total += Math.exp((scores[m] - most) / range)
  for (const m of rows) {
    const share = Math.exp((scores[m] - most) / range) / total
    for (let j = 0; j < columns; j++) result[j] += share * inputs[m * columns + j]
  }
}
