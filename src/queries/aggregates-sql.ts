/**
 * The statement of a query for aggregates: first each person's share in each group, then the groups, so that persons are counted once and
 * the greatest share of one person is known. What it gives is exact: disclose-cells.ts decides what of it is told.
 */
import type { AggregatesQuery, QueryAggregate } from './checked-query.ts'
import { columnSql, PERSON, placeholders, sourceSql, type Statement } from './statement.ts'

/** More groups are refused rather than cut: which are told must not depend on what they hold. */
export const GROUPS_MAX = 5_000

/**
 * Columns: `g0..` the group, `persons`, `key` of the noise; for each aggregate `p` persons of whom it is known and their key `k`, the value
 * `v`, and of counts and sums `n` known rows, `whole` and `top`: the sum and the greatest of the persons' absolute shares.
 * Groups of fewer than `least` persons stay in the database.
 */
export function aggregatesSql(query: AggregatesQuery, least: number): Statement {
  const given = placeholders()
  const groups = query.groupBy.map((_, index) => `g${index}`)
  const by = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : ''
  const key = `bit_xor(hashint8extended(person, ${given.of({ kind: 'noise' }, 'bigint')}))`
  const matched = [
    `${PERSON} AS person`,
    ...query.groupBy.map((column, index) => `${columnSql(query, column, given)} AS g${index}`),
    ...query.aggregates.flatMap(({ of }, index) => (of ? [`${columnSql(query, of, given)} AS x${index}`] : [])),
  ]
  // Where every registry has one row per person, the rows are the shares: putting them together again took most of the time.
  const isOneRow = query.registries.every(({ rowsPerPerson }) => rowsPerPerson === 'one')
  const shares = query.aggregates.flatMap((aggregate, index) => (isOneRow ? rowShareSql(aggregate, index) : shareSql(aggregate, index)))
  const byPerson = isOneRow ? '' : ` GROUP BY ${['person', ...groups].join(', ')}`
  const cells = query.aggregates.flatMap((aggregate, index) => cellSql(aggregate, index, key, least))
  const distinct = query.aggregates.flatMap((aggregate, index) => (aggregate.function === 'countDistinct' ? [index] : []))
  const same = (table: string): string =>
    groups.map((group) => `${table}.${group} IS NOT DISTINCT FROM cells.${group}`).join(' AND ') || 'TRUE'
  const text = [
    `WITH matched AS (\nSELECT ${matched.join(', ')}\n${sourceSql(query, given, [])}\n)`,
    `shares AS (\nSELECT ${['person', ...groups, ...shares].join(', ')} FROM matched${byPerson}\n)`,
    `cells AS (\nSELECT ${[...groups, 'count(*) AS persons', `${low(key)} AS key`, ...cells].join(', ')}\nFROM shares${by} HAVING count(*) >= ${least}\n)`,
    ...distinct.map(
      (index) => `d${index} AS (SELECT ${[...groups, `count(DISTINCT x${index}) AS v${index}`].join(', ')} FROM matched${by})`,
    ),
  ].join(',\n')
  const joins = distinct.map((index) => `LEFT JOIN d${index} ON ${same(`d${index}`)}`)
  const told = ['cells.*', ...distinct.map((index) => `d${index}.v${index}`)].join(', ')
  return { text: [text, `SELECT ${told} FROM cells`, ...joins, `LIMIT ${GROUPS_MAX + 1}`].join('\n'), bindings: given.bindings }
}

/** A person's share: `s` of the value, `n` of its known rows. */
function shareSql({ function: name, of }: QueryAggregate, index: number): string[] {
  const known = of ? `count(x${index})` : 'count(*)'
  const rows = `${known} AS n${index}`
  if (name === 'countDistinct') return [rows]
  if (name === 'count') return [`${known} AS s${index}`, rows]
  return [`${name === 'mean' ? 'sum' : name}(x${index}) AS s${index}`, rows]
}

/** The same of a person's only row. */
function rowShareSql({ function: name, of }: QueryAggregate, index: number): string[] {
  const known = of ? `(CASE WHEN x${index} IS NULL THEN 0 ELSE 1 END)` : '1'
  const rows = `${known} AS n${index}`
  if (name === 'countDistinct') return [rows]
  return [`${name === 'count' ? known : `x${index}`} AS s${index}`, rows]
}

function cellSql({ function: name }: QueryAggregate, index: number, key: string, least: number): string[] {
  const [s, n] = [`s${index}`, `n${index}`]
  const known = `FILTER (WHERE ${n} > 0)`
  const persons = [`count(*) ${known} AS p${index}`, `${low(`${key} ${known}`)} AS k${index}`]
  if (name === 'countDistinct') return persons
  if (name === 'min' || name === 'max')
    return [...persons, `(array_agg(${s} ORDER BY ${s} ${name === 'min' ? 'ASC' : 'DESC'}) ${known})[${least}] AS v${index}`]
  return [
    ...persons,
    `sum(${s}) AS v${index}`,
    `sum(${n}) AS n${index}`,
    `sum(abs(${s})) AS whole${index}`,
    `max(abs(${s})) AS top${index}`,
  ]
}

/** The lower 32 bits: what the noise is drawn by. */
const low = (key: string): string => `(${key} & 4294967295)`
