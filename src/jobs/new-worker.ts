/** A thread from a script of ours, as it runs built or from sources. */
import { type ResourceLimits, Worker } from 'node:worker_threads'

/** `script` is the address of the script without its ending. From sources, as tests run, a thread has to be told to read TypeScript. */
export function newWorker(script: URL, workerData: unknown, resourceLimits: ResourceLimits = {}): Worker {
  const own = import.meta.url
  const { href } = new URL(`${script.href}${own.slice(own.lastIndexOf('.'))}`)
  if (!own.endsWith('.ts')) return new Worker(new URL(href), { workerData, resourceLimits })
  return new Worker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(href)}) })`, {
    eval: true,
    workerData,
    resourceLimits,
  })
}
