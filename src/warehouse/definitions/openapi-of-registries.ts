/** Loads of every registry in force as an OpenAPI 3.1 document: for each the fields of its rows, with their words in both languages. */
import type { Words } from '../../language/fact-space.ts'
import { PERSON_FIELD } from '../check-row.ts'
import type { RegistryColumn, RegistryDefinition } from '../registry-definition.ts'

const both = ({ en, ar }: Words): string => `${en} · ${ar}`
const number = { type: 'string', pattern: '^[0-9]{10}$' } as const

export function openapiOfRegistries(definitions: readonly RegistryDefinition[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mizan · ميزان: registries',
      version: '1',
      description: 'Rows of the registries in force. How loads are sent, their modes and their answers: /docs. Errors: /errors.',
    },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(definitions.map((definition) => [definition.id, rowSchema(definition)])),
    },
    security: [{ key: [] }],
    paths: Object.fromEntries(definitions.map((definition) => [`/v1/registries/${definition.id}/loads`, { post: operation(definition) }])),
  }
}

function operation({ id, label, description }: RegistryDefinition): Record<string, unknown> {
  const query = (name: string, schema: object) => ({ name, in: 'query', required: true, schema })
  return {
    operationId: `load-${id}`,
    summary: both(label),
    description: `${description.en}\n\n${description.ar}\n\nJSON lines of these rows; CSV and Parquet have the same columns.`,
    parameters: [query('delivery', { type: 'string' }), query('asOf', { type: 'string', format: 'date' })],
    requestBody: { required: true, content: { 'application/x-ndjson': { schema: { $ref: `#/components/schemas/${id}` } } } },
    responses: { 201: { description: 'The load' }, default: { description: 'A problem' } },
  }
}

function rowSchema({ label, columns, key }: RegistryDefinition): Record<string, unknown> {
  const required = columns.filter((column) => column.required || key.includes(column.name)).map(({ name }) => name)
  const person = { ...number, description: 'National ID or personal ID · الرقم الوطني أو الرقم الشخصي' }
  return {
    type: 'object',
    title: both(label),
    properties: { [PERSON_FIELD]: person, ...Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])) },
    required: [PERSON_FIELD, ...required],
    additionalProperties: false,
  }
}

function columnSchema({ label, unit, protected: isProtected, ...column }: RegistryColumn): Record<string, unknown> {
  return {
    ...valueSchema(column),
    description: both(label),
    ...(unit === undefined ? {} : { 'x-unit': unit }),
    ...(isProtected ? { 'x-protected': true } : {}),
  }
}

function valueSchema({ type, codes, min, max }: Pick<RegistryColumn, 'type' | 'codes' | 'min' | 'max'>): Record<string, unknown> {
  const range = { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) }
  switch (type) {
    case 'integer':
      return { type: ['integer', 'string', 'null'], ...range }
    case 'decimal':
      return { type: ['number', 'string', 'null'], ...range }
    case 'boolean':
      return { type: ['boolean', 'null'] }
    case 'date':
      return { type: ['string', 'null'], format: 'date' }
    case 'category':
      return { type: ['string', 'null'], enum: [...Object.keys(codes ?? {}), null] }
    case 'person':
      return { ...number, type: ['string', 'null'] }
    case 'text':
      return { type: ['string', 'null'], maxLength: 500 }
  }
}
