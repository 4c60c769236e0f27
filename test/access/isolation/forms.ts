/** The forms in which a column can be asked for: queries, as HTTP requests; and the same as plain SQL on the entity's own connection. */

export interface Asked {
  readonly registry: string
  readonly column: string
  /** A column of the same registry that may be read, where there is one: what refuses is then the column asked for. */
  readonly beside: string
  /** Another registry's column that may be read; null where the entity may read none. */
  readonly elsewhere: { readonly registry: string; readonly column: string } | null
  /** Columns of the registry that may be read. */
  readonly open: readonly string[]
}

export interface QueryForm {
  readonly definition: (asked: Asked) => Record<string, unknown>
  readonly csv?: true
  readonly saved?: true
  /** Nothing that is written so is ever a column: refused to everybody. */
  readonly never?: true
  /** Refused with a fault where the column is granted. */
  readonly fault?: true
}

const id = ({ registry, column }: { readonly registry: string; readonly column: string }): string => `${registry}.${column}`
const beside = ({ registry, beside: column }: Asked): string => `${registry}.${column}`
const rows = (asked: Asked, more: Record<string, unknown> = {}) => ({ registries: [asked.registry], columns: [beside(asked)], ...more })

export const queryForms: Readonly<Record<string, QueryForm>> = {
  select: { definition: (asked) => rows(asked, { columns: [id(asked)] }) },
  where: { definition: (asked) => rows(asked, { where: { fact: id(asked), operator: 'isKnown', value: true } }) },
  order: { definition: (asked) => rows(asked, { order: [{ by: id(asked) }] }) },
  join: {
    definition: (asked) =>
      asked.elsewhere
        ? { registries: [asked.elsewhere.registry, asked.registry], columns: [id(asked.elsewhere), id(asked)] }
        : rows(asked, { columns: [id(asked)] }),
  },
  aggregate: { definition: (asked) => ({ registries: [asked.registry], aggregates: [{ id: 'known', function: 'count', of: id(asked) }] }) },
  wholeRow: {
    definition: (asked) => rows(asked, { columns: [...new Set([...asked.open, asked.column])].map((one) => `${asked.registry}.${one}`) }),
  },
  alias: { never: true, definition: (asked) => rows(asked, { columns: [`${id(asked)} as x`] }) },
  savedQuery: { saved: true, definition: (asked) => rows(asked, { columns: [id(asked)] }) },
  csv: { csv: true, definition: (asked) => rows(asked, { columns: [id(asked)] }) },
  errorText: { fault: true, definition: (asked) => rows(asked, { where: { fact: id(asked), operator: 'no-such', value: {} } }) },
}

/** On the entity's own connection; `$` is its schema. */
export const sqlForms: Readonly<Record<string, (asked: Asked) => string>> = {
  select: ({ registry, column }) => `select "${column}" from $."${registry}" limit 1`,
  where: ({ registry, column }) => `select 1 from $."${registry}" where "${column}" is not null limit 1`,
  order: ({ registry, column }) => `select 1 from $."${registry}" order by "${column}" limit 1`,
  join: ({ registry, column }) => `select 1 from $."${registry}" a join $."${registry}" b on a."${column}" = b."${column}" limit 1`,
  aggregate: ({ registry, column }) => `select count("${column}") from $."${registry}"`,
  wholeRow: ({ registry, column }) => `select (r)."${column}" from $."${registry}" r limit 1`,
  alias: ({ registry, column }) => `select x."${column}" as y from $."${registry}" as x limit 1`,
  base: ({ registry, column }) => `select "${column}" from warehouse."${registry}" limit 1`,
  copy: ({ registry, column }) => `copy (select "${column}" from warehouse."${registry}") to stdout`,
  errorText: ({ registry, column }) => `select ("${column}"::text || 'x')::int from $."${registry}" limit 1`,
}
