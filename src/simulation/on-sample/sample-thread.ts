/** A thread that reads the rows of one sample, and decides and measures them by the versions of a baseline and its scenarios. */
import { workerData } from 'node:worker_threads'
import { serveTasks } from '../../jobs/serve-tasks.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { compileBundle } from '../../programmes/compile-bundle.ts'
import { type OnSample, onSample } from './on-sample.ts'
import { type OpenedSample, openSample } from './open-sample.ts'
import type { SampleStart, SampleTask } from './sample-tasks.ts'

const { stored, texts, asOf } = workerData as SampleStart
const bundle = compiled(texts)
let opened: OpenedSample | null = null
let baseline: OnSample | null = null

serveTasks(async (task: SampleTask): Promise<unknown> => {
  switch (task.kind) {
    case 'read': {
      const found = openSample(stored, bundle)
      if ('unread' in found) return found.unread
      opened = found
      return 0
    }
    case 'baseline': {
      baseline = onSample(asked(opened), { bundle, asOf }, task.households)
      return { about: baseline.about, baseline: baseline.baseline }
    }
    case 'scenario':
      return asked(baseline).measure(compiled(task.texts))
  }
})

function compiled(of: SampleStart['texts']): Bundle {
  const { bundle: found } = compileBundle(of)
  // INVARIANT: the laboratory compiled the same texts before it told them.
  if (!found) throw new Error('the versions of the simulation do not compile')
  return found
}

function asked<T>(before: T | null): T {
  // INVARIANT: tasks come in their order.
  if (before === null) throw new Error('the sample was not asked about in order')
  return before
}
