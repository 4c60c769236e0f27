/** The saved queries that a caller may run, as an OpenAPI 3.1 document: for each its parameters and the columns of its answer. */
import type { Words } from '../language/fact-space.ts'
import type { CheckedQuery, QueryParameter } from './checked-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { type ToldColumn, toldColumns } from './row-answer.ts'

export interface DescribedQuery {
  readonly id: string
  readonly version: number
  readonly hash: string
  readonly definition: QueryDefinition
  /** Null when today's grants no longer allow it: it is named, and what it would give is not. */
  readonly query: CheckedQuery | null
}

const both = ({ en, ar }: Words): string => `${en} · ${ar}`
const closed = { additionalProperties: false } as const

export function openapiOfQueries(entity: string, queries: readonly DescribedQuery[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: `Mizan · ميزان: ${entity}`,
      version: '1',
      description: 'Saved queries as an API. Each call is checked against the grants of the day. Errors: /errors.',
    },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: [{ key: [] }],
    paths: Object.fromEntries(queries.map((described) => [`/v1/queries/${described.id}/run`, { post: operation(described) }])),
  }
}

function operation({ id, version, hash, definition, query }: DescribedQuery): Record<string, unknown> {
  const { name, description } = definition
  const words = description ? `\n\n${description.en}\n\n${description.ar}` : ''
  const problems = { default: { description: 'A problem', content: { 'application/problem+json': { schema: { type: 'object' } } } } }
  if (!query) {
    const text = `Your organisation may no longer read all that it needs. · لم يعد يحق لجهتك قراءة كل ما يحتاجه.${words}`
    return { operationId: `run-${id}`, summary: both(name), description: text, deprecated: true, responses: problems }
  }
  return {
    operationId: `run-${id}`,
    summary: both(name),
    description: `Version ${version} (${hash}).${words}`,
    requestBody: { required: true, content: { 'application/json': { schema: bodySchema({ definition, version }, query.parameters) } } },
    responses: {
      200: {
        description: 'Rows',
        content: { 'application/json': { schema: answerSchema(query) }, 'text/csv': { schema: { type: 'string' } } },
      },
      ...problems,
    },
  }
}

function bodySchema(
  { definition, version }: Pick<DescribedQuery, 'definition' | 'version'>,
  parameters: readonly QueryParameter[],
): Record<string, unknown> {
  const labels = new Map((definition.parameters ?? []).map(({ id, label }) => [id, label]))
  const properties = parameters.map((parameter) => {
    const label = labels.get(parameter.id) ?? (parameter.kind === 'person' ? NUMBER : parameter.like.column.label)
    return [parameter.id, { ...parameterSchema(parameter), description: both(label) }] as const
  })
  const required = parameters.map(({ id }) => id)
  return {
    type: 'object',
    properties: {
      parameters: { type: 'object', properties: Object.fromEntries(properties), required, ...closed },
      version: { type: 'integer', minimum: 1, maximum: version },
    },
    ...(required.length > 0 ? { required: ['parameters'] } : {}),
    ...closed,
  }
}

const NUMBER: Words = { en: 'National ID', ar: 'الرقم الوطني' }

function parameterSchema(parameter: QueryParameter): Record<string, unknown> {
  if (parameter.kind === 'person') return { type: 'string', pattern: '^[0-9]{10}$' }
  const { type, codes, unit } = parameter.type
  const inUnit = unit === null ? {} : { 'x-unit': unit }
  if (type === 'category') return { type: 'string', enum: codes ?? [] }
  if (type === 'date') return { type: 'string', format: 'date' }
  return type === 'decimal' ? { type: ['number', 'string'], ...inUnit } : { type: type === 'integer' ? 'integer' : 'boolean', ...inUnit }
}

function answerSchema(query: CheckedQuery): Record<string, unknown> {
  const columns = toldColumns(query)
  const row = { type: 'object', properties: Object.fromEntries(columns.map((column) => [column.id, columnSchema(column)])) }
  return {
    type: 'object',
    properties: {
      query: { type: 'object' },
      hash: { type: 'string' },
      columns: { type: 'array', items: { type: 'object' } },
      rows: { type: 'array', items: { ...row, required: columns.map(({ id }) => id) } },
      more: { type: 'boolean' },
      protection: { type: ['object', 'null'] },
      sources: { type: 'array', items: { type: 'object' } },
    },
  }
}

/** Decimals and dates are text; whatever is unknown is null. */
function columnSchema({ label, type, unit }: ToldColumn): Record<string, unknown> {
  const json = type === 'integer' || type === 'boolean' ? type : 'string'
  return {
    type: [json, 'null'],
    description: both(label),
    ...(type === 'date' ? { format: 'date' } : {}),
    ...(unit === null ? {} : { 'x-unit': unit }),
  }
}
