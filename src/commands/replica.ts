/** `mizan replica [--refresh | --rebuild] [--check]`: brings the columnar replica up to date or builds it anew, and compares it with PostgreSQL. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { currentDay } from '../determinations/as-of.ts'
import { checkReplica } from '../households/nation/check-replica.ts'
import { type ReplicaUpdate, updateReplica } from '../households/nation/update-replica.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { runThreads } from '../targeting/run/run-nation.ts'
import { openReplica, type ReplicaSettings } from '../warehouse/replica/open-replica.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

/** More of them do not help anybody who reads. */
const DIFFERENCES_SHOWN = 200

export const replica: Command = async (context) => {
  const { values } = parseArgs({
    args: [...context.args],
    options: { refresh: { type: 'boolean' }, rebuild: { type: 'boolean' }, check: { type: 'boolean' } },
  })
  const { config } = context
  const settings = settingsOf(config)
  return withDatabase(context, async (database) => {
    await loadShippedVersions(database)
    const { catalogue } = await versionsOf(database).inForce(await currentDay(database.pool, config.timeZone))
    const isRebuilt = values.rebuild === true
    if (isRebuilt || values.refresh === true || values.check !== true) await bringUp({ database, catalogue, settings }, isRebuilt)
    return values.check === true ? check(database, catalogue, settings) : 0
  })
}

const settingsOf = (config: Config): ReplicaSettings => ({
  file: join(config.dataDirectory, 'nation', 'replica', 'replica.duckdb'),
  memoryMb: config.runMemoryMb,
  threads: config.runThreads || runThreads(),
})

async function bringUp(deps: Parameters<typeof updateReplica>[0], rebuild: boolean): Promise<void> {
  const started = performance.now()
  const update = await updateReplica(deps, { rebuild, onProgress: progress() })
  tellSetAside(update)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const { copied, updated, changedHomes } = update
  const homes = changedHomes === null ? ['all', 'جميع'] : [String(changedHomes.size), String(changedHomes.size)]
  tell(
    `Replica up to date in ${seconds} s: ${copied.length} registries copied, changes of ${updated.length} taken over, ${homes[0]} households concerned.`,
    `حُدّثت النسخة العمودية خلال ${seconds} ثانية: نُسخ ${copied.length} من السجلات، وأُخذت تغييرات ${updated.length} منها، والأسر المعنية: ${homes[1]}.`,
  )
}

function tellSetAside({ setAside }: ReplicaUpdate): void {
  if (!setAside) return
  const [en, ar] =
    setAside.reason === 'foreign'
      ? ['The file was not a replica of this database', 'لم يكن الملف نسخة من قاعدة البيانات هذه']
      : ['The replica could not be read', 'تعذّرت قراءة النسخة العمودية']
  tell(`${en}; it was set aside as ${setAside.path} and built anew.`, `${ar}؛ نُقل الملف إلى ${setAside.path} وأُعيد بناء النسخة.`)
}

/** Compares; every difference is a line. */
async function check(database: Database, catalogue: Catalogue, settings: ReplicaSettings): Promise<number> {
  const reader = await openReplica(settings, 'read')
  const { registries, compared, differences } = await checkReplica(
    { database, catalogue, connection: reader.connection },
    progress(),
  ).finally(() => reader.close())
  for (const { table, measure, warehouse, replica: held } of differences.slice(0, DIFFERENCES_SHOWN))
    process.stdout.write(`  ${table}, ${measure}: ${warehouse} ≠ ${held}\n`)
  if (differences.length === 0)
    tell(
      `The replica agrees with PostgreSQL: ${registries} registries, membership, persons and kin, ${compared} numbers.`,
      `النسخة العمودية مطابقة لقاعدة البيانات: ${registries} سجلًا والعضوية والأشخاص والقرابة، ${compared} رقمًا.`,
    )
  else
    tell(
      `${differences.length} differences between PostgreSQL and the replica (in that order); mizan replica --rebuild builds it anew.`,
      `${differences.length} من الفروق بين قاعدة البيانات والنسخة العمودية (بهذا الترتيب)؛ يعيد الأمر mizan replica --rebuild بناءها.`,
    )
  return differences.length === 0 ? 0 : 1
}

/** A line for every tenth of the way. */
function progress(): (done: number, total: number, what: string) => void {
  let told = -1
  return (done, total, what) => {
    const tenth = Math.floor((10 * done) / total)
    if (tenth === told) return
    told = tenth
    process.stdout.write(`  ${String(10 * tenth).padStart(3)}%  ${what}\n`)
  }
}
