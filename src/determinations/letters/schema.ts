/** Shapes of what is asked and answered about letters to persons. */
import Type from 'typebox'
import { NationalId, Words } from '../schema.ts'

const closed = { additionalProperties: false } as const
const Coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })
const Name = Type.Object({ en: Type.String({ minLength: 1, maxLength: 200 }), ar: Type.String({ minLength: 1, maxLength: 200 }) }, closed)

export const PublicKeySchema = Type.Object(
  { kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: Coordinate, y: Coordinate },
  { ...closed, description: 'JSON Web Key (RFC 7517), public: with a private part it is refused' },
)

export const DeliveryKeyRequest = Type.Object(
  { entity: Type.String({ minLength: 1, maxLength: 50, description: 'who delivers' }), name: Name, publicKey: PublicKeySchema },
  closed,
)

const DeliveryKeyAnswer = Type.Object({ id: Type.String({ format: 'uuid' }), entity: Type.String(), name: Words })
export const DeliveryKeyMade = DeliveryKeyAnswer
export const DeliveryKeysAnswer = Type.Object({ keys: Type.Array(DeliveryKeyAnswer) })
export const DeliveryKeyRevoked = Type.Object({ id: Type.String({ format: 'uuid' }), revoked: Type.Boolean() })

export const LetterRequest = Type.Object(
  {
    deliveryKey: Type.String({ format: 'uuid', description: 'of GET /v1/letter-delivery-keys' }),
    nationalId: Type.Optional(NationalId),
  },
  closed,
)

export const LetterAnswer = Type.Object({
  determination: Type.String({ format: 'uuid' }),
  addressee: Type.Integer({ description: 'reference of the person' }),
  deliveredBy: Type.String(),
  deliveryKey: Type.String({ format: 'uuid' }),
  sealed: Type.String({
    description:
      'JWE compact serialisation (ECDH-ES+A256KW, A256GCM) of an HTML document that only the deliverer can open; of a few lengths only',
  }),
})
