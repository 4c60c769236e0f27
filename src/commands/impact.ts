/** `mizan impact FILE... --from DAY`: what drafts that stand in files would do to the nation, measured in this process and kept as the service keeps it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { dayNumber } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
import { type Change, checkChange } from '../programmes/authoring/changes/check-change.ts'
import { objectAt } from '../programmes/export-versions.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { askImpact, waitForImpact } from '../simulation/impact/ask-impact.ts'
import type { StoredImpact } from '../simulation/impact/impact-store.ts'
import { performImpact } from '../simulation/impact/perform-impact.ts'
import { readOutcome, toldImpact } from '../simulation/impact/told-impact.ts'
import { type Laboratory, openLaboratory } from '../simulation/laboratory.ts'
import { type Command, tell, OF_NO_ENTITY } from './command.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { problemText } from './problem-text.ts'
import { CONNECTIONS_MIN } from './run-deps.ts'
import { withDatabase } from './with-database.ts'

const USAGE = 'mizan impact FILE... --from YYYY-MM-DD [--exact] [--json] [--out FILE]'
const purpose = 'measuring what a change would do before anyone is affected'
/** Of a worker of the service that measures the same at this moment. */
const ELSEWHERE_MS = 600_000

export const impact: Command = async (context) => {
  const { effectiveFrom, texts, exact, json, out } = askedFor(context.args)
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  return withDatabase({ ...context, config }, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const laboratory = openLaboratory(laboratoryDeps(database, config))
    try {
      const found = await measured(database, laboratory, { effectiveFrom, texts }, context.signal)
      if (exact) await recordEvent(database.pool, event(found.id, 'impact.read-exact', 'told'))
      const told = toldImpact(readOutcome(found.result as string), exact)
      const text = `${JSON.stringify(told, null, 2)}\n`
      if (out !== undefined) writeFileSync(out, text)
      if (json) process.stdout.write(text)
      else print(told)
      return 0
    } catch (error) {
      throw error instanceof Problem ? new Error(problemText(error), { cause: error }) : error
    } finally {
      await laboratory.close()
    }
  })
}

/** Whoever is at the machine is limited by no grants, as with `mizan simulate`. */
async function measured(database: Database, laboratory: Laboratory, change: Change, signal: AbortSignal): Promise<StoredImpact> {
  const checked = await checkChange(database, change)
  const deps = { ...laboratory.deps, rights: null }
  const wish = { effectiveFrom: change.effectiveFrom, checked, entity: OF_NO_ENTITY.entity }
  const asked = await askImpact(deps, wish, { ...OF_NO_ENTITY, audit: (one) => ({ ...event('', one.action, one.outcome), ...one }) })
  if (asked.result !== null) return asked
  await performImpact(laboratory, asked.id, { onProgress: () => undefined, signal }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'simulation-ended') throw error
  })
  return waitForImpact(deps, asked, wish, ELSEWHERE_MS)
}

const event = (id: string, action: string, outcome: string) => ({
  ...OF_NO_ENTITY,
  action,
  outcome,
  purpose,
  requestId: 'command line',
  objects: [`impact:${id}`],
})

function print({ effectiveFrom, snapshot, programmes, unaltered, excludesNobody }: ReturnType<typeof toldImpact>): void {
  tell(
    `From ${effectiveFrom}, on the facts of ${snapshot.asOf}; – is a count below ten, which is not told.`,
    `اعتبارًا من ${effectiveFrom}، على بيانات ${snapshot.asOf}؛ والعلامة – عدد دون العشرة لا يُذكر.`,
  )
  for (const { programme, all, undetermined, spent } of programmes) {
    const [before, after, entrants, leavers] = [all.selectedBefore, all.selectedAfter, all.entrants, all.leavers].map(
      ({ units }) => units ?? '–',
    )
    const added = undetermined.added.units ?? '–'
    const cost = spent.difference === null ? '–' : Math.round(spent.difference / 1000)
    tell(
      `${programme}: selected ${before} → ${after}, entrants ${entrants}, leavers ${leavers}, undetermined added ${added}, cost ${cost} JOD`,
      `${programme}: المختارون ${before} ← ${after}، الداخلون ${entrants}، الخارجون ${leavers}، غير المحسومين المضافون ${added}، الكلفة ${cost} دينار`,
    )
  }
  if (unaltered.length > 0) tell(`Unaltered: ${unaltered.join(', ')}`, `دون تغيير: ${unaltered.join('، ')}`)
  for (const { pointer } of excludesNobody) tell(`${pointer} keeps nobody out`, `لا يستبعد أحدًا: ${pointer}`)
}

interface Asked extends Change {
  readonly exact: boolean
  readonly json: boolean
  readonly out: string | undefined
}

function askedFor(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { from: { type: 'string' }, exact: { type: 'boolean' }, json: { type: 'boolean' }, out: { type: 'string' } },
  })
  const effectiveFrom = values.from ?? ''
  if (positionals.length === 0 || dayNumber(effectiveFrom) === null) throw new Error(`expected: ${USAGE} / الصيغة: ${USAGE}`)
  const texts = positionals.map((file) => {
    const object = objectAt(file)
    if (!object)
      throw new Error(
        `${file}: what it is of is told by its place, as mizan export writes it: rules/ID/1.json, rules/parameters/ID.json / ` +
          `${file}: يُعرف الموضوع من مكان الملف كما يكتبه mizan export`,
      )
    return { ...object, source: readFileSync(file, 'utf8') }
  })
  return { effectiveFrom, texts, exact: values.exact === true, json: values.json === true, out: values.out }
}
