import * as tf from '@tensorflow/tfjs'

/** What the wasm and the cpu backend offer beyond their public types. */
interface WasmMemory {
  readonly dataIdMap: { get(id: object): { readonly shape: readonly number[] } }
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo
  disposeData(id: object): boolean
}
interface CpuMemory {
  readonly dataIdMap?: undefined
  readonly data: { get(id: object): { readonly values: Float32Array } }
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo
  disposeData(id: object): boolean
}
type Memory = WasmMemory | CpuMemory

/** What a kernel of our own is given. */
export interface KernelCall<Attributes> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>
  readonly attributes: Attributes
  /** A fresh tensor of unknown content. Allocate all of them first, then take views. */
  allocate: (shape: readonly number[]) => tf.TensorInfo
  /** The values themselves; an allocation may move the memory and detach the view. */
  view: (tensor: tf.TensorInfo) => Float32Array
  readonly memory: Memory
}

/** Backends whose memory is plain arrays, so that a kernel can be a loop. */
const backends = ['wasm', 'cpu'] as const

/** Registers a kernel as loops over views, for wasm and cpu; once. */
export function defineKernel<Attributes>(
  kernelName: string,
  kernel: (call: KernelCall<Attributes>, backendName: string) => tf.TensorInfo | tf.TensorInfo[],
): void {
  for (const backendName of backends)
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const memory = backend as Memory
        return kernel(
          {
            inputs: inputs as Readonly<Record<string, tf.TensorInfo>>,
            attributes: attrs as Attributes,
            allocate: (shape) => allocate(memory, [...shape]),
            view: (tensor) => view(memory, tensor),
            memory,
          },
          backendName,
        )
      },
    })
}

/** Whether kernels of our own run where tensors are computed now. */
export function hasKernels(): boolean {
  return (backends as readonly string[]).includes(tf.getBackend())
}

/** Runs a registered kernel, so that its gradient is recorded. Attributes may hold plain arrays. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>> = {},
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap)
}

function allocate(memory: Memory, shape: number[]): tf.TensorInfo {
  if (memory.dataIdMap) return memory.makeOutput(shape, 'float32')
  return memory.makeTensorInfo(shape, 'float32', new Float32Array(tf.util.sizeFromShape(shape)))
}

function view(memory: Memory, tensor: tf.TensorInfo): Float32Array {
  return memory.dataIdMap ? memory.typedArrayFromHeap(tensor) : memory.data.get(tensor.dataId).values
}
