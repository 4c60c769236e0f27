/** Shapes of the audit routes. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const AUDIT_PAGE = 100
const PAGE_MAX = 1_000

const SignedFields = {
  signed: Type.String({ maxLength: 1_000, description: 'the text that is signed, as UTF-8: canonical JSON' }),
  signature: Type.String({ maxLength: 100, description: 'Ed25519 over the text, base64' }),
}

export const VerifyRequest = Type.Object(
  {
    checkpoint: Type.Optional(
      Type.Object({ seq: Seq, hash: Hash }, { ...closed, description: 'a place that you wrote down; it is believed without a signature' }),
    ),
    checkpoints: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...SignedFields,
            // As they are answered, so that they can be sent back as they came; only what is signed counts.
            checkpoint: Type.Optional(Type.Unknown()),
            algorithm: Type.Optional(Type.Unknown()),
            publicKey: Type.Optional(Type.Unknown()),
          },
          closed,
        ),
        { maxItems: 1_000, description: 'checkpoints that you kept' },
      ),
    ),
  },
  closed,
)

const Head = Type.Object({ seq: Type.Integer(), hash: Type.String() })

export const ChainAnswer = Type.Object({
  intact: Type.Boolean(),
  links: Type.Integer(),
  waiting: Type.Integer({ description: 'events that are not chained yet' }),
  head: Type.Object({ ...Head.properties }, { description: 'keep it outside the database and send it as the checkpoint next time' }),
  checkpoints: Type.Integer({ description: 'checkpoints that the chain was held against' }),
  broken: Nullable(
    Type.Object({
      seq: Type.Integer({ description: 'the first link that cannot be believed' }),
      reason: Type.String({
        description:
          'gap, order, fork: places in the chain; previous, hash, missing: the link or its event; checkpoint: it was signed otherwise; truncated: a checkpoint lies behind the end; unlinked: an event that no link names',
      }),
      provedTo: Type.Integer({
        description: 'a checkpoint proves the chain up to here: what was rewritten with new hashes begins after it, at or before seq',
      }),
    }),
  ),
  doubtful: Type.Array(
    Type.Object({
      source: Type.Enum(['stored', 'kept', 'sent']),
      place: Type.Integer(),
      reason: Type.String({ description: 'form, key, signature, gap' }),
    }),
    { description: 'checkpoints that are not believed themselves' },
  ),
  otherChains: Type.Integer({ description: 'chains besides this one that the data directory has seen signed: expected 0' }),
})

export const CheckpointAnswer = Type.Object({
  checkpoint: Type.Object({
    number: Type.Integer(),
    seq: Type.Integer(),
    hash: Type.String(),
    previous: Nullable(Type.String({ description: 'SHA-256 of the text signed before' })),
    at: Type.String({ format: 'date-time' }),
    keyId: Type.String(),
  }),
  ...SignedFields,
  algorithm: Type.Literal('Ed25519'),
  publicKey: Type.String({ description: 'SPKI PEM; compare it with the one that the operator told you' }),
})

export const CheckpointsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'number of the last checkpoint that you have' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX })),
  },
  closed,
)
export const CheckpointsAnswer = Type.Object({ checkpoints: Type.Array(CheckpointAnswer) })
export const SeqParams = Type.Object({ seq: Seq }, closed)

export const KeysAnswer = Type.Object({
  current: Type.Object({ keyId: Type.String(), publicKey: Type.String(), algorithm: Type.Literal('Ed25519') }),
  signers: Type.Array(
    Type.Object({
      keyId: Type.String(),
      publicKey: Type.String(),
      firstSeq: Type.Integer({ description: 'the first link that a checkpoint of this key names' }),
      lastSeq: Type.Integer(),
    }),
    { description: 'keys of the stored checkpoints' },
  ),
})

export const EventsQuery = Type.Object(
  {
    action: Type.Optional(Type.String({ maxLength: 100 })),
    actor: Type.Optional(Type.String({ maxLength: 100, description: 'id of a key, a user or a client, or `system`' })),
    entity: Type.Optional(Type.String({ maxLength: 100 })),
    object: Type.Optional(Type.String({ maxLength: 200, description: 'as events name it, such as `run:` and the id of a run' })),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'not included' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
)

export const EventAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  seq: Nullable(Type.Integer({ description: 'place in the chain; null while it waits' })),
  hash: Nullable(Type.String()),
  at: Type.String({ format: 'date-time' }),
  action: Type.String(),
  actor: Type.Object({
    id: Type.String(),
    kind: Type.String({ description: 'user, key, client or service' }),
    name: Nullable(Type.String()),
  }),
  entity: Type.String(),
  purpose: Type.String(),
  outcome: Type.String(),
  requestId: Type.String(),
  person: Nullable(Type.String({ description: 'keyed hash: the same for the same person, within this installation' })),
  household: Nullable(Type.String({ description: 'keyed hash' })),
  read: Type.Array(Type.String()),
  objects: Type.Array(Type.String()),
})
export const EventsAnswer = Type.Object({
  events: Type.Array(EventAnswer),
  next: Nullable(Type.String({ description: 'cursor of the next page; null on the last' })),
})

export const ExportQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'place in the chain of the last event that you have; 0 or nothing: from the beginning',
      }),
    ),
  },
  closed,
)
