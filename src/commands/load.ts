/** `mizan load <registry> <file> --delivery ID --as-of DATE [--full]`: loads a file, or standard input, and says what became of its rows. */
import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import { followLoad } from '../households/follow-load.ts'
import { enqueueFollowing } from '../intake/re-evaluation/follow-changes.ts'
import { dayNumber } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { type LoadFormat, loadFormats, loadStream } from '../warehouse/loads/load-stream.ts'
import { registriesOf } from '../warehouse/definitions/registries-in-force.ts'
import { ensureRegistryTables, personColumns } from '../warehouse/registry-table.ts'
import { COMMAND_LINE, type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

export const load: Command = async (context) => {
  const { registry, file, format, id, asOf, full, removedPercentMax } = askedFor(context.args)
  const { config } = context
  return withDatabase(context, async (database) => {
    const definition = await registriesOf(database).one(registry)
    if (!definition) throw new Error(`${registry}: no such registry; GET /v1/registries lists them / لا يوجد سجل بهذا المعرّف`)
    await ensureRegistryTables(database, [definition])
    const started = performance.now()
    const body = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
    try {
      const totals = await loadStream(database, definition, {
        id,
        asOf,
        mode: full ? 'full' : 'incremental',
        ...(removedPercentMax === undefined ? {} : { removedPercentMax }),
        ...COMMAND_LINE,
        format,
        body: body as AsyncIterable<Uint8Array>,
        bytesMax: Number.MAX_SAFE_INTEGER,
        dataDirectory: config.dataDirectory,
        onBegun: (loadId) => tell(`Load ${loadId} of ${registry}`, `عملية التحميل ${loadId} لسجل ${registry}`),
        onSwitched: async (client, { loadId }) => {
          await enqueueFollowing(client)
          await recordEvent(client, {
            action: 'registry.loaded',
            ...COMMAND_LINE,
            purpose: 'keeping the registries as their custodians deliver them',
            requestId: `load ${loadId}`,
            outcome: 'completed',
            objects: [`registry:${registry}`, `load:${loadId}`],
          })
        },
      })
      if (!totals.repeated) await followLoad(database, { registry, seq: totals.seq, personColumns: personColumns(definition) })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      const { received, inserted, updated, unchanged, rejected, removed, repeated } = totals
      tell(
        `${repeated ? 'Loaded before: ' : ''}${received} rows in ${seconds} s: ${inserted} new, ${updated} changed, ${unchanged} as before, ${rejected} refused; ${removed} taken out.`,
        `${repeated ? 'سبق تحميلها: ' : ''}${received} صف خلال ${seconds} ثانية: ${inserted} جديد، ${updated} تغيّر، ${unchanged} كما كان، ${rejected} مرفوض؛ وحُذف ${removed}.`,
      )
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { title, hint } = problemKinds[error.code]
      const { detail, expected } = error.parts
      const more = [detail, expected === undefined ? undefined : `expected: ${expected}`].filter(Boolean).join('; ')
      throw new Error(`${error.code}: ${title.en}${more && `: ${more}`}\n${hint.en}\n${title.ar}\n${hint.ar}`, { cause: error })
    }
  })
}

function askedFor(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      delivery: { type: 'string' },
      'as-of': { type: 'string' },
      full: { type: 'boolean' },
      format: { type: 'string' },
      'removed-percent-max': { type: 'string' },
    },
  })
  const [registry, file] = positionals
  if (registry === undefined || file === undefined || positionals.length > 2)
    throw new Error(
      'expected: mizan load <registry> <file or -> --delivery ID --as-of DATE / المتوقع: mizan load <registry> <file> --delivery ID --as-of DATE',
    )
  const id = values.delivery ?? ''
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(id))
    throw new Error("--delivery: expected the custodian's id of the delivery / المتوقع معرّف الدفعة لدى الجهة")
  const asOf = values['as-of'] ?? ''
  if (dayNumber(asOf) === null) throw new Error('--as-of: expected a date such as 2026-01-15 / التاريخ المتوقع بصيغة 2026-01-15')
  const format = values.format ?? extname(file).slice(1).replace('jsonl', 'ndjson')
  if (!(loadFormats as readonly string[]).includes(format))
    throw new Error(`--format: expected ${loadFormats.join(', ')} / المتوقع ${loadFormats.join(' أو ')}`)
  const percent = values['removed-percent-max']
  if (percent !== undefined && !/^(\d|[1-9]\d|100)$/.test(percent))
    throw new Error('--removed-percent-max: expected 0 to 100 / المتوقع من 0 إلى 100')
  return {
    registry,
    file,
    id,
    asOf,
    format: format as LoadFormat,
    full: values.full === true,
    removedPercentMax: percent === undefined ? undefined : Number(percent),
  }
}
