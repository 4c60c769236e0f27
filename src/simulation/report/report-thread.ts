/** A thread that tells and renders one report: drawing some hundred charts would hold up other requests. */
import { parentPort, workerData } from 'node:worker_threads'
import { readResult, toldResult } from '../result.ts'
import type { SimulationRequest } from '../scenario-schema.ts'
import type { ReportTask } from './render-apart.ts'
import { renderReport } from './render-report.ts'

const { stored, request, exact, language, ...about } = workerData as ReportTask
const told = toldResult(readResult(stored), exact)
parentPort?.postMessage(renderReport({ ...about, told, request: JSON.parse(request) as SimulationRequest }, language))
