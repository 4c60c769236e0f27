/** Who read or did what about a person, the newest first, page by page. */
import type { Queryable } from '../../db/queryable.ts'
import type { Subject } from './subject.ts'

const PAGE = 500

export async function* accessesOf(db: Queryable, { personRefs }: Subject): AsyncGenerator<unknown> {
  let before: string | null = null
  for (;;) {
    const { rows }: { rows: { id: string; body: string }[] } = await db.query(
      `select id, body from audit_event where person_ref = any ($1::bigint[]) and ($2::uuid is null or id < $2) order by id desc limit ${PAGE}`,
      [personRefs, before],
    )
    for (const { body } of rows) {
      const { at, action, actor, entity, purpose } = JSON.parse(body) as Record<string, unknown>
      yield { at, action, actor, entity, purpose }
    }
    if (rows.length < PAGE) return
    before = rows.at(-1)?.id ?? null
  }
}
