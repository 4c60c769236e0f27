/** Pieces that the schemas of policy files share. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const

export const WordsSchema = Type.Object({ en: Type.String(), ar: Type.String() }, closed)
export const IdSchema = Type.String({ format: 'identifier' })
export const DateSchema = Type.String({ format: 'date' })
export const VersionRefSchema = Type.Object({ id: IdSchema, version: Type.Integer({ minimum: 1 }) }, closed)
/** A condition: its shape and meaning are checked by condition/check.ts, which says more than a schema could. */
export const CONDITION_TITLE = 'Condition'
export const AnyConditionSchema = Type.Unknown({ title: CONDITION_TITLE })
