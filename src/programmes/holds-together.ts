/** Whether what is stored compiles on every day from a day on: asked after intervals were changed, before that is committed. */
import type { Queryable } from '../db/queryable.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { finding } from '../language/diagnostic-codes.ts'
import { compileBundle } from './compile-bundle.ts'
import type { NumberedText } from './compile-bundle.ts'
import { readActive, readLaterDays, textOf } from './version-store.ts'
import { inForce } from './versions-in-force.ts'

/** Errors on the first day on which there are any; empty when all holds together. */
export async function brokenFrom(db: Queryable, from: string): Promise<readonly Diagnostic[]> {
  for await (const errors of errorsFrom(db, from)) if (errors.length > 0) return errors
  return []
}

/** The errors of each day on which something changes, from a day on. */
export async function* errorsFrom(db: Queryable, from: string): AsyncGenerator<readonly Diagnostic[]> {
  for (const day of [from, ...(await readLaterDays(db, from))]) {
    const rows = await readActive(db, day)
    const chosen = inForce(rows)
    const lost = rows
      .filter((row) => row.kind === 'programme' && !chosen.includes(row))
      .map(({ id, version }) =>
        finding('rule-unknown', `programme/${id}/${version}#/rule`, `on ${day} the rule or formula that it names does not hold`),
      )
    const { diagnostics } = compileBundle(chosen.map((row) => textOf(row) as NumberedText))
    yield [...lost, ...diagnostics.filter(({ severity }) => severity === 'error')]
  }
}
