/** A thread that fits one formula: the worker goes on hearing that it is cancelled. */
import { parentPort, workerData } from 'node:worker_threads'
import { fitStored, type FitTask } from './fit-stored.ts'

const answer = fitStored(workerData as FitTask, (stage, done, total) => parentPort?.postMessage({ stage, done, total }))
parentPort?.postMessage({ answer })
