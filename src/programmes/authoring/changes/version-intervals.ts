/** Puts versions into force on a day and takes scheduled ones back, so that an object's intervals have neither gaps nor overlaps of our making. */
import type { Queryable } from '../../../db/queryable.ts'
import { problem } from '../../../kernel/problem.ts'
import type { NumberedText } from '../../compile-bundle.ts'
import type { VersionRef } from '../../version.ts'
import { isNumbered } from '../drafts/authored-kinds.ts'
import type { DraftName } from '../drafts/draft-store.ts'

/** Whoever changes intervals waits for whoever does; readers go on. */
export const lockVersions = (client: Queryable): Promise<unknown> => client.query('lock table object_version in share row exclusive mode')

interface Interval {
  readonly version: number
  readonly from: string
  readonly to: string | null
}

/** Whose version it is. */
const originOf = (changeSet: string): string => `change-set:${changeSet}`

/** INVARIANT: under `lockVersions`, and compiled with all that holds on the day. */
export async function putInForce(client: Queryable, changeSet: string, text: NumberedText, day: string, isToday: boolean): Promise<void> {
  const numbered = isNumbered(text.kind)
  const to = numbered ? text.effectiveTo : await makeRoom(client, text, day, isToday)
  await client.query(
    `insert into object_version (kind, id, version, hash, source, effective_from, effective_to, status, origin)
     values ($1, $2, $3, $4, $5, $6, $7, 'active', $8)`,
    [text.kind, text.id, text.version, text.hash, text.source, day, to, originOf(changeSet)],
  )
}

/** The object holds no longer from the day on; `version-not-found` when it does not hold then. */
export async function takeOutOfForce(client: Queryable, name: DraftName, day: string, isToday: boolean): Promise<void> {
  const held = (await intervals(client, name)).find((one) => holdsOn(one, day))
  if (!held) throw problem('version-not-found', { detail: `${name.kind} ${name.id} is not in force on that day` })
  if (held.to !== null) throw problem('change-set-collides', { detail: `${name.kind} ${name.id} has an end already` })
  await end(client, name, held, day, isToday)
}

/** Takes scheduled versions back: what held before them holds on until what comes after them. */
export async function takeBack(client: Queryable, changeSet: string, day: string, retired: readonly DraftName[]): Promise<void> {
  const { rows } = await client.query<VersionRef>('select kind, id, version from object_version where origin = $1', [originOf(changeSet)])
  for (const { kind, id, version } of rows) {
    const name = { kind, id } as DraftName
    const mine = (await intervals(client, name)).find((one) => one.version === version)
    await client.query("update object_version set status = 'retired' where kind = $1 and id = $2 and version = $3", [kind, id, version])
    if (!isNumbered(kind)) await extend(client, name, day, mine?.to ?? null)
  }
  for (const name of retired) await extend(client, name, day, null)
}

/** Ends what holds on the day; resolves to the day on which the next takes over, null for none. */
async function makeRoom(client: Queryable, name: DraftName | NumberedText, day: string, isToday: boolean): Promise<string | null> {
  const all = await intervals(client, name as DraftName)
  const held = all.find((one) => holdsOn(one, day))
  if (!held) return all.map(({ from }) => from).find((from) => from > day) ?? null
  await end(client, name as DraftName, held, day, isToday)
  return held.to
}

async function end(client: Queryable, { kind, id }: DraftName, { version, from }: Interval, day: string, isToday: boolean): Promise<void> {
  // Two changes of one object on a future day would hide one another; one of this very day is replaced by a correction.
  if (from === day && !isToday)
    throw problem('change-set-collides', { detail: `another change of ${kind} ${id} is scheduled for that day` })
  const change = from === day ? "status = 'retired'" : 'effective_to = $4::date'
  await client.query(`update object_version set ${change} where kind = $1 and id = $2 and version = $3`, [
    kind,
    id,
    version,
    ...(from === day ? [] : [day]),
  ])
}

/** What ended on the day holds on until `to`, or until the next takes over. */
async function extend(client: Queryable, name: DraftName, day: string, to: string | null): Promise<void> {
  const next = (await intervals(client, name)).map(({ from }) => from).find((from) => from > day) ?? null
  await client.query(
    "update object_version set effective_to = $4 where kind = $1 and id = $2 and status = 'active' and effective_to = $3::date",
    [name.kind, name.id, day, to ?? next],
  )
}

const holdsOn = ({ from, to }: Interval, day: string): boolean => from <= day && (to === null || to > day)

async function intervals(client: Queryable, { kind, id }: DraftName): Promise<Interval[]> {
  const { rows } = await client.query<Interval>(
    `select version, effective_from as "from", effective_to as "to" from object_version
     where kind = $1 and id = $2 and status = 'active' order by effective_from`,
    [kind, id],
  )
  return rows
}
