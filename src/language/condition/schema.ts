/** JSON Schema of a condition for editors and the API's documents; condition/check.ts decides and explains. */
import { operatorNames } from '../operators.ts'

const annotations = {
  name: { type: 'string' },
  because: {
    type: 'object',
    properties: { en: { type: 'string' }, ar: { type: 'string' } },
    required: ['en', 'ar'],
    additionalProperties: false,
  },
  citation: { type: 'string' },
} as const

const node = (properties: Readonly<Record<string, unknown>>): object => ({
  type: 'object',
  properties: { ...properties, ...annotations },
  required: Object.keys(properties),
  additionalProperties: false,
})

const self = { $ref: '#/$defs/condition' }
const children = { type: 'array', items: self, minItems: 1 }
const scalar = { type: ['string', 'number', 'boolean'] }

/** A schema document whose `$defs.condition` is recursive. */
export const conditionSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Condition',
  $ref: '#/$defs/condition',
  $defs: {
    condition: {
      anyOf: [
        node({ all: children }),
        node({ any: children }),
        node({ not: self }),
        node({ condition: { type: 'string' } }),
        node({
          fact: { type: 'string' },
          operator: { enum: operatorNames },
          value: {
            anyOf: [
              scalar,
              { type: 'array', items: scalar, minItems: 1 },
              { type: 'object', properties: { fact: { type: 'string' } }, required: ['fact'], additionalProperties: false },
            ],
          },
        }),
      ],
    },
  },
} as const
