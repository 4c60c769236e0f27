/** A thread that checks the scenarios of one request: compiling them would hold up other requests. */
import { parentPort, workerData } from 'node:worker_threads'
import { compileBundle } from '../programmes/compile-bundle.ts'
import type { CheckTask } from './check-apart.ts'
import { checkScenarios } from './check-scenarios.ts'

const { facts, assembledFrom, ...task } = workerData as CheckTask
const { bundle: assembledBy } = compileBundle(assembledFrom ?? task.texts)
// INVARIANT: stored versions compiled when they were stored.
if (!assembledBy) throw new Error('the versions of the baseline do not compile')
parentPort?.postMessage(checkScenarios({ ...task, facts: new Set(facts), assembledBy }).errors)
