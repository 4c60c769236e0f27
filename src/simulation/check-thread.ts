/** A thread that checks the scenarios of one request: compiling them would hold up other requests. */
import { parentPort, workerData } from 'node:worker_threads'
import { checkScenarios } from './check-scenarios.ts'
import type { CheckTask } from './check-apart.ts'

const { facts, ...task } = workerData as CheckTask
parentPort?.postMessage(checkScenarios({ ...task, facts: new Set(facts) }).errors)
