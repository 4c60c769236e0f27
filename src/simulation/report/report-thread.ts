/** A thread that tells and renders one language of a report: drawing some hundred charts would hold up other requests. */
import { parentPort, workerData } from 'node:worker_threads'
import { readResult, toldResult } from '../result.ts'
import type { SimulationRequest } from '../scenario-schema.ts'
import type { ArticleTask } from './render-apart.ts'
import { renderArticle } from './render-article.ts'

const { result, request, exact, language, languages, ...about } = workerData as ArticleTask
const told = toldResult(readResult(result), exact)
parentPort?.postMessage(renderArticle({ ...about, told, request: JSON.parse(request) as SimulationRequest }, language, languages))
