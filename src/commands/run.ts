/** `mizan run`: performs a run in this process, or one that broke off, shows how far it is, and says what was published. */
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { currentDay } from '../determinations/as-of.ts'
import { dropJob } from '../jobs/queue.ts'
import { dayNumber, isoOfDay } from '../kernel/date.ts'
import { Problem, problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { governorateCodes } from '../targeting/run/decide-snapshot.ts'
import { newRun, performRun } from '../targeting/run/perform-run.ts'
import { refuseUnknownPopulation } from '../targeting/run/request-run.ts'
import { readRun, requeueRun, storeRun } from '../targeting/run/run-store.ts'
import { COMMAND_LINE, type Command, type CommandContext, tell } from './command.ts'
import { CONNECTIONS_MIN, runDeps } from './run-deps.ts'
import { runProgress } from './run-progress.ts'
import { withDatabase } from './with-database.ts'

export const run: Command = async (context) => {
  const asked = askedFor(context.args)
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  return withDatabase({ ...context, config }, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const id = asked.resume === undefined ? await newlyStored(database, context, asked) : await resumed(database, asked.resume)
    const started = performance.now()
    const { onProgress, end } = runProgress(process.stdout)
    try {
      const hash = await performRun(runDeps(database, config), id, { onProgress, signal: context.signal }).finally(end)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      tell(`Run ${id} published in ${seconds} s; manifest ${hash}.`, `نُشرت عملية التشغيل ${id} خلال ${seconds} ثانية؛ البيان ${hash}.`)
      return 0
    } catch (error) {
      if (context.signal.aborted)
        tell(`Interrupted. It goes on by: mizan run --resume ${id}`, `قوطعت العملية، وتُستأنف بالأمر: mizan run --resume ${id}`)
      if (!(error instanceof Problem)) throw error
      const { title, hint } = problemKinds[error.code]
      throw new Error(
        `${error.code}: ${title.en}${error.parts.detail === undefined ? '' : `: ${error.parts.detail}`}\n${hint.en}\n${title.ar}\n${hint.ar}\nmizan run --resume ${id}`,
        { cause: error },
      )
    }
  })
}

type Asked = ReturnType<typeof askedFor>

function askedFor(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'as-of': { type: 'string' },
      cycle: { type: 'string' },
      'all-residents': { type: 'boolean' },
      governorate: { type: 'string', multiple: true },
      'registered-by': { type: 'string' },
      'despite-registries': { type: 'boolean' },
      'undetermined-percent-max': { type: 'string' },
      resume: { type: 'string' },
    },
  })
  const undeterminedPercentMax = Number(values['undetermined-percent-max'] ?? 100)
  if (!(undeterminedPercentMax >= 0 && undeterminedPercentMax <= 100))
    throw new Error('--undetermined-percent-max: expected a number from 0 to 100 / المتوقع عدد من 0 إلى 100')
  if (values.resume !== undefined && !/^[0-9a-f-]{36}$/i.test(values.resume))
    throw new Error('--resume: expected the id of a run / المتوقع رقم عملية تشغيل')
  return { ...values, undeterminedPercentMax }
}

async function newlyStored(database: Database, { config }: CommandContext, asked: Asked): Promise<string> {
  const asOf = asked['as-of'] === undefined ? await currentDay(database.pool, config.timeZone) : dayNumber(asked['as-of'])
  if (asOf === null) throw new Error('--as-of: expected a date such as 2026-01-15 / التاريخ المتوقع بصيغة 2026-01-15')
  const request = {
    ...COMMAND_LINE,
    asOf,
    cycle: asked.cycle ?? isoOfDay(asOf).slice(0, 7),
    population: asked['all-residents'] === true ? 'residents' : 'registrants',
    governorates: asked.governorate ?? [],
    ...(asked['registered-by'] === undefined ? {} : { registeredBy: asked['registered-by'] }),
    despiteRegistries: asked['despite-registries'] === true,
    undeterminedPercentMax: asked.undeterminedPercentMax,
  } as const
  const bundle = await versionsOf(database).inForce(asOf)
  await refuseUnknownPopulation(database.pool, request, governorateCodes(bundle))
  const stored = newRun(request)
  await database.transaction(async ({ client }) => {
    await storeRun(client, stored)
    await recordEvent(client, event('run.requested', stored.id))
  })
  return stored.id
}

/** A run that failed, was cancelled or broke off; one that somebody performs is refused when its lock is asked for. */
async function resumed(database: Database, id: string): Promise<string> {
  await database.transaction(async ({ client }) => {
    const status = (await readRun(client, id))?.status
    if (status === undefined) throw problem('run-not-found')
    if (await requeueRun(client, id, ['failed', 'cancelled'])) await recordEvent(client, event('run.resumed', id))
    if (status === 'queued') await dropJob(client, id)
  })
  return id
}

const event = (action: string, id: string) => ({
  ...COMMAND_LINE,
  action,
  purpose: 'targeting',
  requestId: id,
  outcome: 'queued',
  objects: [`run:${id}`],
})
