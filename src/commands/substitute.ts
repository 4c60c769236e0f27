/**
 * `mizan substitute --reason TEXT` reads lines `number,currentNumber` from standard input, so that no number stands in a list of processes or
 * in a shell's history; `mizan substitute --undo ID` parts two persons again. Each substitution is a transaction of its own.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { movedRelations } from '../app/person-tables.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { followSubstitution } from '../households/follow-load.ts'
import { enqueueFollowing } from '../intake/re-evaluation/follow-changes.ts'
import { isNationalId } from '../kernel/national-id.ts'
import { Problem } from '../kernel/problem.ts'
import { registriesOf } from '../warehouse/definitions/registries-in-force.ts'
import { substitute as substituteNumber, type Substituted, undoSubstitution } from '../warehouse/substitutions/substitute.ts'
import { COMMAND_LINE, type Command, tell } from './command.ts'
import { problemText } from './problem-text.ts'
import { withDatabase } from './with-database.ts'

const purpose = 'one person under one number, as the civil status department substitutes them'
const LINE_MAX = 200

export const substitute: Command = async (context) => {
  const { values } = parseArgs({ args: [...context.args], options: { reason: { type: 'string' }, undo: { type: 'string' } } })
  const { reason = '', undo } = values
  if (undo !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(undo))
    throw new Error('--undo: expected the id of a substitution / المتوقع معرّف عملية استبدال')
  if (undo === undefined && (reason === '' || reason.length > 500))
    throw new Error('--reason: expected why, in at most 500 characters / المتوقع بيان السبب في 500 حرف على الأكثر')
  return withDatabase(context, async (database, ready) => {
    ready()
    return undo === undefined ? substituteAll(database, reason, context.signal) : undoOne(database, undo)
  })
}

/** Goes on after a line that is refused; the exit code says that there was one. */
async function substituteAll(database: Database, reason: string, signal: AbortSignal): Promise<number> {
  let line = 0
  let refused = 0
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (signal.aborted) break
    line++
    if (text.trim() === '') continue
    try {
      const [number = '', currentNumber = '', ...more] = text
        .slice(0, LINE_MAX)
        .split(',')
        .map((part) => part.trim())
      if (!isNationalId(number) || !isNationalId(currentNumber) || more.length > 0)
        throw new Error('expected two numbers of ten digits with a comma between / المتوقع رقمان من عشر خانات بينهما فاصلة')
      const done = await substituteNumber(depsOf(database), {
        number,
        currentNumber,
        reason,
        ...COMMAND_LINE,
        onDone: async (client, { id, currentRef }) => note(client, 'substitution.made', id, currentRef),
      })
      await follow(database, done)
      say(line, done)
    } catch (error) {
      refused++
      const words = error instanceof Problem ? problemText(error) : (error as Error).message
      process.stderr.write(`Line ${line} / السطر ${line}: ${words}\n`)
      if (!(error instanceof Problem) && (error as { code?: unknown }).code !== undefined) throw error
    }
  }
  return refused === 0 ? 0 : 1
}

async function undoOne(database: Database, id: string): Promise<number> {
  try {
    const done = await undoSubstitution(depsOf(database), id, COMMAND_LINE.actor, async (client, { currentRef }) =>
      note(client, 'substitution.undone', id, currentRef),
    )
    await follow(database, done)
    tell(
      `Undone: ${done.moved} rows moved back, ${done.setAside} restored.`,
      `أُلغي الاستبدال: أُعيد ${done.moved} صف واستُرجع ${done.setAside}.`,
    )
    return 0
  } catch (error) {
    throw error instanceof Problem ? new Error(problemText(error), { cause: error }) : error
  }
}

const depsOf = (database: Database) => ({ database, registries: registriesOf(database).all, relations: movedRelations })

async function note(client: Queryable, action: string, id: string | null, personRef: number): Promise<void> {
  if (id !== null) await enqueueFollowing(client)
  const outcome = action === 'substitution.undone' ? 'undone' : id === null ? 'superseded' : 'merged'
  const objects = id === null ? [] : [`substitution:${id}`]
  await recordEvent(client, { ...COMMAND_LINE, action, purpose, requestId: id ?? 'substitute', personRef, outcome, objects })
}

const follow = (database: Database, { oldRef, currentRef }: Substituted): Promise<void> =>
  followSubstitution(database, oldRef === null ? [] : [oldRef, currentRef])

/** Never a number: its line tells which. */
function say(line: number, { id, moved, setAside }: Substituted): void {
  if (id === null) tell(`Line ${line}: both numbers mean one person.`, `السطر ${line}: الرقمان لشخص واحد.`)
  else
    tell(
      `Line ${line}: merged, ${moved} rows moved, ${setAside} set aside; to undo: mizan substitute --undo ${id}`,
      `السطر ${line}: دُمج الشخصان، نُقل ${moved} صف ونُحّي ${setAside}؛ وللإلغاء: mizan substitute --undo ${id}`,
    )
}
