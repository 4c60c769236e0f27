/** A thread that reads single households out of the parts of snapshots. */
import { serveTasks } from '../../jobs/serve-tasks.ts'
import type { HouseholdRead, HouseholdTask } from './household-apart.ts'
import { householdRows } from './household-rows.ts'

serveTasks(async ({ path, hash, householdRef }: HouseholdTask): Promise<HouseholdRead> => {
  try {
    return { rows: await householdRows(path, hash, householdRef) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rows: null, isGone: true }
    // An answer, so that whoever asks can tell it from a thread that died.
    return { rows: null, fault: (error as Error).message }
  }
})
