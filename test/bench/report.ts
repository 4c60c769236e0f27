/** A report from the stored result to the finished file, as the built service renders it, and for how long it holds up whoever else is served. */
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../src/kernel/project-root.ts'
import type { ReportTask } from '../../src/simulation/report/render-apart.ts'
import { storedResult } from '../../src/simulation/result.ts'
import { bigOutcome, bigRequest } from '../simulation/support/big-result.ts'
import { type Bench, median } from './support/figure.ts'

const ROUNDS = 5
/** A formula's weights, tried in three ways, move two or three programmes. Ten scenarios that touch everything are more than anybody reads. */
const USUAL = 3
const BREADTHS = [
  { scenarios: 3, touched: USUAL },
  { scenarios: 3, touched: 7 },
  { scenarios: 10, touched: 7 },
]

interface Built {
  readonly renderApart: (task: ReportTask) => Promise<string>
}

export const bench: Bench = async (report) => {
  const built = (await import(pathToFileURL(join(projectRoot, 'dist/simulation/report/render-apart.js')).href)) as Built
  for (const { scenarios, touched } of BREADTHS) {
    const request = bigRequest(scenarios)
    const stored = storedResult(bigOutcome(request, touched))
    for (const language of ['en', 'both'] as const) {
      const task: ReportTask = {
        id: 'bench',
        manifestHash: null,
        finishedAt: null,
        names: {},
        request: JSON.stringify(request),
        stored,
        exact: false,
        language,
      }
      const delays = monitorEventLoopDelay({ resolution: 5 })
      const took: number[] = []
      let text = ''
      for (let round = 0; round < ROUNDS; round++) {
        delays.enable()
        const began = performance.now()
        text = await built.renderApart(task)
        took.push(performance.now() - began)
        delays.disable()
      }
      report({
        figure: `report in ${language}, ${scenarios} scenarios that touch ${touched} of 7 programmes`,
        value: median(took),
        unit: 'ms',
        ...(touched === USUAL ? { target: { atMost: 2_000 } } : {}),
        rounds: ROUNDS,
        result_bytes: stored.result.length,
        report_bytes: Buffer.byteLength(text),
        charts: text.split('role="img"').length - 1,
        loop_most_ms: Math.round(delays.percentile(100) / 1e6),
      })
    }
  }
}
