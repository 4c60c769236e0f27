/** The shape of a diagnostic on the wire. */
import Type from 'typebox'

export const diagnosticSchema = Type.Object({
  code: Type.String(),
  pointer: Type.String({ description: 'JSON Pointer into the text that was sent' }),
  message: Type.String(),
  messageAr: Type.Optional(Type.String({ description: 'the message in Arabic, where it is told in both languages' })),
  expected: Type.Optional(Type.String()),
  hint: Type.Optional(Type.String()),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
})
