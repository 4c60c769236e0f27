/** Where a change stands in its source: Debezium's `source` block as a text that sorts as the source's log does. */

export interface Position {
  /** Which fields it was made of; two forms cannot be compared. */
  readonly form: string
  readonly text: string
}

type Source = Readonly<Record<string, unknown>>

/** Decimal places of a number in a position: 2^64 has 20. */
const WIDTH = 20

/** Fields by connector, the more telling first: SQL Server, Oracle, MySQL, PostgreSQL, and a plain sequence for sources without a log. */
const FORMS: readonly (readonly [form: string, read: (source: Source) => readonly unknown[] | null])[] = [
  ['commit_lsn', ({ commit_lsn: commit, change_lsn: change, event_serial_no: serial }) => given(commit, change ?? 0, serial ?? 0)],
  ['scn', ({ scn, commit_scn: commit, rs_id: _, ssn }) => given(commit ?? scn, scn ?? 0, ssn ?? 0)],
  ['file,pos', ({ file, pos, row }) => (pos === undefined ? null : given(serialOf(file), pos, row ?? 0))],
  ['lsn', ({ lsn }) => given(lsn)],
  ['sequence', ({ sequence }) => (typeof sequence === 'number' || isDigits(sequence) ? given(sequence) : null)],
]

/** Null when the source block has no position that can be ordered. */
export function positionOf(source: Source): Position | null {
  for (const [form, read] of FORMS) {
    const parts = read(source)?.flatMap(numbersOf)
    if (parts === undefined || parts.length === 0) continue
    return parts.includes(null) ? null : { form, text: parts.join('.') }
  }
  return null
}

const given = (first: unknown, ...others: readonly unknown[]): readonly unknown[] | null =>
  first === undefined || first === null ? null : [first, ...others]

const isDigits = (text: unknown): text is string => typeof text === 'string' && /^\d{1,20}$/.test(text)

/** mysql-bin.000003 → 000003 */
const serialOf = (file: unknown): unknown => (typeof file === 'string' ? (/\.(\d{1,20})$/.exec(file)?.[1] ?? file) : file)

/** A whole number, digits, or hexadecimal groups with colons (an LSN of SQL Server), each at its full width. */
function numbersOf(part: unknown): (string | null)[] {
  if (typeof part === 'number') return [Number.isSafeInteger(part) && part >= 0 ? padded(String(part)) : null]
  if (isDigits(part)) return [padded(part)]
  if (typeof part === 'string' && /^[0-9a-f]{1,8}(:[0-9a-f]{1,8}){1,2}$/i.test(part))
    return part.split(':').map((group) => padded(String(Number.parseInt(group, 16))))
  return [null]
}

const padded = (digits: string): string => digits.padStart(WIDTH, '0')
