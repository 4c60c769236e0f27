/** `mizan snapshots [export HASH --to FOLDER]`: lists the snapshots of the data folder, or writes one as Parquet for other tools. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import { shelteredHouseholds } from '../households/sheltered-households.ts'
import { newId } from '../kernel/new-id.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { snapshotsFolder } from '../targeting/run/run-nation.ts'
import { openSnapshot, type Snapshot } from '../targeting/run/snapshot.ts'
import { exportSnapshot } from '../targeting/snapshots/export-snapshot.ts'
import { shelteredPersons } from '../warehouse/sheltered.ts'
import { COMMAND_LINE, type Command, type CommandContext, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

const NAME = /^[0-9a-f]{64}$/

export const snapshots: Command = async (context) => {
  const { positionals, values } = parseArgs({
    args: [...context.args],
    allowPositionals: true,
    options: { to: { type: 'string' }, format: { type: 'string', default: 'parquet' } },
  })
  const folder = snapshotsFolder(join(context.config.dataDirectory, 'nation'))
  const [verb, hash = ''] = positionals
  if (verb === undefined) return list(folder)
  if (verb !== 'export' || positionals.length > 2 || !NAME.test(hash) || values.to === undefined || values.format !== 'parquet')
    throw new Error(
      'expected: mizan snapshots export HASH --to FOLDER [--format parquet]\nالمتوقع: mizan snapshots export HASH --to FOLDER',
    )
  const snapshot = await openSnapshot(folder, hash)
  if (!snapshot) throw new Error(`there is no snapshot ${hash} in ${folder}\nلا توجد لقطة ${hash} في ${folder}`)
  return write(context, snapshot, resolve(values.to))
}

async function list(folder: string): Promise<number> {
  let count = 0
  for (const name of (await readdir(folder).catch(() => [])).toSorted((a, b) => (a < b ? -1 : 1))) {
    const snapshot = NAME.test(name) ? await openSnapshot(folder, name).catch(() => null) : null
    if (!snapshot) continue
    const { sources, parts } = snapshot.manifest
    const [households, persons] = (['households', 'persons'] as const).map((unit) => parts.reduce((total, part) => total + part[unit], 0))
    process.stdout.write(`${name}  ${sources.asOf}  ${households}  ${persons}\n`)
    count++
  }
  tell(`${count} snapshots: name, day, households, persons.`, `${count} من اللقطات: الاسم واليوم وعدد الأسر وعدد الأفراد.`)
  return 0
}

function write(context: CommandContext, snapshot: Snapshot, folder: string): Promise<number> {
  return withDatabase(context, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const { catalogue } = await versionsOf(database).byHash(snapshot.manifest.sources.versionSet)
    const objects = [`snapshot:${snapshot.hash}`]
    // Before a byte is written: what leaves is on the record even where the writing breaks off.
    await recordEvent(database.pool, {
      ...COMMAND_LINE,
      action: 'snapshot.exported',
      purpose: 'targeting',
      requestId: newId(),
      outcome: 'told',
      objects,
    })
    const { pool } = database
    const sheltered = { households: await shelteredHouseholds(pool, null), persons: await shelteredPersons(pool, null) }
    const { runMemoryMb: memoryMb } = context.config
    const { signal } = context
    let told = -1
    const onProgress = (done: number, total: number): void => {
      const tenth = Math.floor((10 * done) / total)
      if (tenth !== told) process.stdout.write(`  ${10 * tenth}%\n`)
      told = tenth
    }
    const { households, persons } = await exportSnapshot({ snapshot, catalogue, sheltered, folder, memoryMb, onProgress, signal })
    tell(`${households} households and ${persons} persons written to ${folder}.`, `كُتبت ${households} أسرة و${persons} فردًا في ${folder}.`)
    return 0
  })
}
