/** A thread that reads whom a run over registrants was about out of its pinned inputs. */
import { parentPort, workerData } from 'node:worker_threads'
import { Problem } from '../../kernel/problem.ts'
import { readInputs, registrantsOf } from '../run/run-inputs.ts'

export interface PopulationStart {
  readonly folder: string
  /** Hash of the inputs. */
  readonly inputs: string
}

export interface PopulationRead {
  /** Ascending; null where the file is not there. */
  readonly registrants: Float64Array | null
  /** Its bytes are not those that it is named by. */
  readonly isChanged: boolean
}

const { folder, inputs } = workerData as PopulationStart
const found = await read()
parentPort?.postMessage(found, found.registrants ? [found.registrants.buffer as ArrayBuffer] : [])

async function read(): Promise<PopulationRead> {
  try {
    const kept = await readInputs(folder, inputs)
    return { registrants: kept && Float64Array.from(registrantsOf(kept)).toSorted(), isChanged: false }
  } catch (error) {
    if (error instanceof Problem && error.code === 'run-inputs-changed') return { registrants: null, isChanged: true }
    throw error
  }
}
