/** Signed checkpoints for custodians: whoever keeps them can prove later what the log was. */
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import type { AuditDeps } from '../routes.ts'
import { AUDIT_PAGE, CheckpointAnswer, CheckpointsAnswer, CheckpointsQuery, KeysAnswer, SeqParams } from '../schema.ts'
import { chainPending } from '../sequencer.ts'
import { signingKey } from '../signing-key.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import { checkpointCovering, checkpointsAfter, latestCheckpoint, signersOf } from './checkpoint-store.ts'
import { makeCheckpoint } from './make-checkpoint.ts'

const tags = ['audit']
const config = { permission: 'audit:checkpoints' } as const
const answer = (checkpoint: SignedCheckpoint) => ({ ...checkpoint, algorithm: 'Ed25519' as const })

export function registerCheckpointRoutes(app: Server, { database, dataDirectory }: AuditDeps): void {
  const { pool } = database
  const found = (checkpoint: SignedCheckpoint | null) => {
    if (!checkpoint) throw problem('checkpoint-not-found')
    return answer(checkpoint)
  }
  const list = { tags, summary: 'Signed checkpoints of the audit chain, in order', querystring: CheckpointsQuery }
  app.get('/v1/audit/checkpoints', { config, schema: { ...list, response: { 200: CheckpointsAnswer } } }, async (request) => {
    const { after = 0, limit = AUDIT_PAGE } = request.query
    return { checkpoints: (await checkpointsAfter(pool, after, limit)).map(answer) }
  })
  const one = { tags, response: { 200: CheckpointAnswer } }
  app.get('/v1/audit/checkpoints/latest', { config, schema: { ...one, summary: 'The latest signed checkpoint' } }, async () =>
    found(await latestCheckpoint(pool)),
  )
  app.get(
    '/v1/audit/checkpoints/:seq',
    { config, schema: { ...one, summary: 'The first checkpoint that covers a place in the chain', params: SeqParams } },
    async (request) => found(await checkpointCovering(pool, request.params.seq)),
  )
  const now = { ...one, summary: 'Sign where the chain ends now', description: 'Without a body. Made by itself every few minutes, too.' }
  app.post('/v1/audit/checkpoints', { config, schema: now, bodyLimit: 1_024 }, async () => {
    await chainPending(database)
    return found(await makeCheckpoint(database, dataDirectory))
  })
  const keys = {
    tags,
    summary: 'Public keys of checkpoints and handed-over lists',
    description: 'Public. Compare the id with the one that the operator told you by another way before you trust a key.',
    response: { 200: KeysAnswer },
  }
  app.get('/v1/audit/keys', { config: { permission: 'public' }, schema: keys }, async () => {
    const { keyId, publicKey } = await signingKey(dataDirectory)
    return { current: { keyId, publicKey, algorithm: 'Ed25519' as const }, signers: await signersOf(pool) }
  })
}
