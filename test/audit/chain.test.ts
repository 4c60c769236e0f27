import t from 'tap'
import { recordEvent } from '../../src/audit/audit-event.ts'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import { chainPending, GENESIS, startSequencer } from '../../src/audit/sequencer.ts'
import type { ChainHead } from '../../src/audit/sequencer.ts'
import { verifyChain } from '../../src/audit/verify.ts'
import { testDatabase } from '../support/database.ts'

const event: AuditEvent = {
  action: 'household.lookup',
  actor: 'key',
  entity: 'NAF',
  purpose: 'test',
  requestId: 'r',
  outcome: 'found',
  personRef: 7,
  householdRef: 3,
}

t.test('concurrent writers and sequencers make one chain', async (t) => {
  const database = await testDatabase(t)
  t.match(await verifyChain(database.pool), { intact: true, links: 0, waiting: 0, head: { seq: 0, hash: GENESIS } })
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; i < 25; i++) {
      await database
        .transaction(async ({ client }) => {
          await recordEvent(client, { ...event, requestId: `${writer}-${i}` })
          if (i % 5 === 4) throw new Error('rolled back')
        })
        .catch((error: Error) => t.equal(error.message, 'rolled back'))
      await chainPending(database)
    }
  })
  await Promise.all(writers)
  await chainPending(database)
  const report = await verifyChain(database.pool)
  t.match(report, { intact: true, links: 160, waiting: 0, broken: null })
  t.match(await verifyChain(database.pool, report.head), { intact: true })
  t.match(await verifyChain(database.pool, { seq: 161, hash: 'x' }), { intact: false, broken: { seq: 161, reason: 'checkpoint' } })
  const { rows } = await database.pool.query('select action, actor, person_ref, household_ref from audit_event limit 1')
  t.same(rows, [{ action: 'household.lookup', actor: 'key', person_ref: 7, household_ref: 3 }])
})

t.test('events and links refuse change', async (t) => {
  const { pool } = await testDatabase(t)
  await recordEvent(pool, event)
  for (const table of ['audit_event', 'audit_link']) {
    await t.rejects(pool.query(`truncate ${table} cascade`), { code: '23001' })
  }
  await t.rejects(pool.query("update audit_event set body = '{}'"), { code: '23001' })
  await t.rejects(pool.query('delete from audit_event'), { code: '23001' })
})

t.test('whoever gets round the triggers is seen', async (t) => {
  const database = await testDatabase(t)
  for (let i = 0; i < 5; i++) await recordEvent(database.pool, { ...event, requestId: String(i) })
  await chainPending(database)
  const { head } = await verifyChain(database.pool)
  const tamper = async (statement: string): Promise<unknown> => {
    await database.pool.query('begin; set local session_replication_role = replica; ' + statement + '; commit')
    return (await verifyChain(database.pool, head)).broken
  }
  t.match(
    await tamper(
      'update audit_event set body = replace(body, \'"NAF"\', \'"ZF"\') where id = (select event_id from audit_link where seq = 3)',
    ),
    { seq: 3, reason: 'hash' },
  )
  await tamper('update audit_event set body = replace(body, \'"ZF"\', \'"NAF"\')')
  t.match(await verifyChain(database.pool, head), { intact: true })
  await tamper('delete from audit_event where id = (select event_id from audit_link where seq = 5)')
  t.match(
    await verifyChain(database.pool),
    { intact: false, broken: { seq: 5, reason: 'hash' } },
    'a lost event is seen without a checkpoint',
  )
  t.match(await tamper('delete from audit_link where seq = 5'), { seq: 5, reason: 'checkpoint' }, 'a lost tail is seen by the checkpoint')
  t.match(await tamper('delete from audit_link where seq = 2'), { seq: 3, reason: 'gap' })
})

t.test('the running sequencer reports heads and errors, and finishes its work when stopped', async (t) => {
  const database = await testDatabase(t)
  const heads: ChainHead[] = []
  const errors: unknown[] = []
  const sequencer = startSequencer(database, { everyMs: 5, onHead: (head) => heads.push(head), onError: (error) => errors.push(error) })
  await recordEvent(database.pool, event)
  while (heads.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await recordEvent(database.pool, event)
  await sequencer.stop()
  t.equal(heads.at(-1)?.seq, 2)
  t.same(errors, [])
})
