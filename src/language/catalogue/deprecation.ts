/** A fact that new rules should not use: since which day, what stands in its place, and why. */
import { dayNumber } from '../../kernel/date.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { Words } from '../fact-space.ts'
import { didYouMean } from '../nearest.ts'
import { type Findings, isObject, quote } from './diagnostics.ts'
import type { FactHeader } from './fact-header.ts'
import { checkWords } from './words.ts'

export interface Deprecation {
  /** ISO date. It still has its value and its meaning: rules in force go on reading it. */
  readonly since: string
  /** A fact of the same entity that is not deprecated itself. */
  readonly instead: string | null
  readonly because: Words
}

const KEYS = new Set(['since', 'instead', 'because'])

/** The statement by itself; whether `instead` is there is asked once every header is read. */
export function checkDeprecation(json: unknown, out: Findings, pointer: string): Deprecation | null {
  if (json === undefined) return null
  if (!isObject(json)) {
    out.error('deprecation-shape', pointer, `${quote(json)} does not say since when and why`, {
      expected: '{"since": "2026-01-31", "instead": "...", "because": {"en", "ar"}}',
    })
    return null
  }
  for (const key of Object.keys(json))
    if (!KEYS.has(key))
      out.error('unknown-key', at(pointer, key), `${quote(key)} is not a key of a deprecation`, { expected: [...KEYS].join(', ') })
  const { since, instead, because } = json
  if (typeof since !== 'string' || dayNumber(since) === null)
    out.error('bad-date', at(pointer, 'since'), `${quote(since)} is not a date`, { expected: 'YYYY-MM-DD' })
  if (instead !== undefined && typeof instead !== 'string')
    out.error('deprecated-instead', at(pointer, 'instead'), `${quote(instead)} is not the id of a fact`)
  return {
    since: String(since),
    instead: typeof instead === 'string' ? instead : null,
    because: checkWords(because, out, at(pointer, 'because')),
  }
}

/** What stands in a fact's place must be there, speak of the same entity, and not be on its way out too. */
export function checkReplacements(headers: ReadonlyMap<string, FactHeader>, out: Findings): void {
  for (const { id, entity, deprecated, pointer } of headers.values()) {
    if (deprecated === null || deprecated.instead === null) continue
    const { instead } = deprecated
    const place = at(at(pointer, 'deprecated'), 'instead')
    const other = headers.get(instead)
    if (!other) {
      const hint = didYouMean(instead, headers.keys())
      out.error('deprecated-instead', place, `${quote(instead)} is not a fact`, hint === undefined ? {} : { hint })
    } else if (other.entity !== entity) out.error('deprecated-instead', place, `${instead} is a ${other.entity} fact, ${id} is not`)
    else if (other.deprecated !== null)
      out.error('deprecated-instead', place, `${instead} is ${other === headers.get(id) ? 'the fact itself' : 'deprecated too'}`)
  }
}
