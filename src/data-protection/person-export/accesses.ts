/** Who read or did what about a person, the newest first, page by page. */
import { accessHistory } from '../../audit/history/access-history.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { Subject } from './subject.ts'

const PAGE = 500

export async function* accessesOf(db: Queryable, subject: Subject): AsyncGenerator<unknown> {
  let before: string | undefined
  for (;;) {
    const found = await accessHistory(db, subject, { before, limit: PAGE })
    for (const { at, action, actor, entity, purpose, about } of found) yield { at, action, actor, entity, purpose, about }
    if (found.length < PAGE) return
    before = found.at(-1)?.id
  }
}
