/** The shape of every refusal, for the API's documentation. */
import Type from 'typebox'
import { diagnosticSchema } from '../kernel/diagnostic-schema.ts'

export const problemSchema = {
  description: 'A problem (RFC 9457); the codes are listed at /errors',
  content: {
    'application/problem+json': {
      schema: Type.Object({
        type: Type.String(),
        title: Type.String(),
        status: Type.Integer(),
        code: Type.String(),
        detail: Type.Optional(Type.String()),
        hint: Type.String(),
        pointer: Type.Optional(Type.String()),
        expected: Type.Optional(Type.String()),
        errors: Type.Optional(Type.Array(diagnosticSchema)),
        applicationId: Type.Optional(Type.String()),
        instance: Type.String({ description: 'The route’s pattern, never the address itself' }),
        requestId: Type.String(),
      }),
    },
  },
}
