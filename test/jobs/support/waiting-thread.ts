/** A thread whose tasks take a while and answer with their name. */
import { setTimeout as sleep } from 'node:timers/promises'
import { serveTasks } from '../../../src/jobs/serve-tasks.ts'

serveTasks(async ({ name, ms }: { readonly name: string; readonly ms: number }) => {
  await sleep(ms)
  return name
})
