/** `mizan run`: performs a run in this process, or one that broke off, shows how far it is, and says what was published. */
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { dropJob } from '../jobs/queue.ts'
import { Problem, problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { newRun, performRun } from '../targeting/run/perform-run.ts'
import { refuseToBeginAgain, soundRequest, storeSound } from '../targeting/run/request-run.ts'
import { readRun, requeueRun } from '../targeting/run/run-store.ts'
import { COMMAND_LINE, type Command, type CommandContext, tell } from './command.ts'
import { problemText } from './problem-text.ts'
import { CONNECTIONS_MIN, runDeps } from './run-deps.ts'
import { runProgress } from './run-progress.ts'
import { withDatabase } from './with-database.ts'

export const run: Command = async (context) => {
  const asked = askedFor(context.args)
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  return withDatabase({ ...context, config }, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const id =
      asked.resume === undefined
        ? await newlyStored(database, context, asked).catch(inOptions)
        : await resumed(database, asked.resume).catch(inOptions)
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
  const most = values['undetermined-percent-max'] ?? '100'
  const undeterminedPercentMax = Number(most)
  if (!/^\d{1,3}$/.test(most) || undeterminedPercentMax > 100)
    throw new Error('--undetermined-percent-max: expected a whole number from 0 to 100 / المتوقع عدد صحيح من 0 إلى 100')
  if (values.resume !== undefined && !/^[0-9a-f-]{36}$/i.test(values.resume))
    throw new Error('--resume: expected the id of a run / المتوقع رقم عملية تشغيل')
  return { ...values, undeterminedPercentMax }
}

async function newlyStored(database: Database, { config }: CommandContext, asked: Asked): Promise<string> {
  const wish = {
    ...COMMAND_LINE,
    asOf: asked['as-of'],
    cycle: asked.cycle,
    population: asked['all-residents'] === true ? 'residents' : 'registrants',
    governorates: asked.governorate ?? [],
    ...(asked['registered-by'] === undefined ? {} : { registeredBy: asked['registered-by'] }),
    despiteRegistries: asked['despite-registries'] === true,
    undeterminedPercentMax: asked.undeterminedPercentMax,
  } as const
  const { request } = await soundRequest({ database, versions: versionsOf(database), timeZone: config.timeZone }, wish)
  const stored = newRun(request)
  await database.transaction(async ({ client }) => {
    await storeSound(client, stored)
    await recordEvent(client, event('run.requested', stored.id))
  })
  return stored.id
}

/** By what a request's part is called there: the option that says it, and what is expected of it. */
const OPTIONS: Readonly<Record<string, { readonly option: string; readonly ar: string }>> = {
  asOf: { option: '--as-of', ar: 'المتوقع تاريخ مثل 2026-01-15 لا يتجاوز اليوم، كانت فيه البرامج نافذة والأسر معروفة' },
  cycle: { option: '--cycle', ar: 'المتوقع كلمة الشهر المذكورة أعلاه، أو كلمة من حرف إلى مئة، فيها حرف أو رقم، وبلا محارف تحكّم' },
  governorates: { option: '--governorate', ar: 'المتوقع أحد الرموز المذكورة أعلاه' },
  registeredBy: { option: '--registered-by', ar: 'المتوقع رمز جهة مسجّلة، لعملية تشغيل على المسجّلين' },
}

/** A refusal of what was asked for names the option that said it, in both languages. */
function inOptions(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const said = OPTIONS[/^\/(\w+)/.exec(error.parts.pointer ?? '')?.[1] ?? '']
  if (!said) throw new Error(problemText(error), { cause: error })
  const { title } = problemKinds[error.code]
  const { option, ar } = said
  throw new Error(`${error.code}: ${title.en}\n${option}: expected ${error.parts.expected}\n${title.ar}\n${option}: ${ar}`, {
    cause: error,
  })
}

/** A run that failed, was cancelled or broke off; one that somebody performs is refused when its lock is asked for. */
async function resumed(database: Database, id: string): Promise<string> {
  await database.transaction(async ({ client }) => {
    const before = await readRun(client, id)
    if (!before) throw problem('run-not-found')
    await refuseToBeginAgain(client, before)
    if (await requeueRun(client, id, ['failed', 'cancelled'])) await recordEvent(client, event('run.resumed', id))
    if (before.status === 'queued') await dropJob(client, id)
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
