import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import type { Test } from 'tap'
import { recording, recordEvent } from '../../src/audit/audit-event.ts'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import { chainAndSign } from '../../src/audit/chain-and-sign.ts'
import { openCheckpoint, type SignedCheckpoint, signCheckpoint } from '../../src/audit/checkpoints/checkpoint.ts'
import { checkpointsAfter } from '../../src/audit/checkpoints/checkpoint-store.ts'
import { keptOutside, makeCheckpoint } from '../../src/audit/checkpoints/make-checkpoint.ts'
import { beginExport, exportLines } from '../../src/audit/export-chain.ts'
import { chainPending } from '../../src/audit/sequencer.ts'
import { keyIdOf, keysOf, signingKey, trustedKeys } from '../../src/audit/signing-key.ts'
import { exportedText, readSubjectHash, subjectsOf } from '../../src/audit/subjects.ts'
import { verifyChain } from '../../src/audit/verify.ts'
import { carriedKeys, type ExportFault, verifyExport } from '../../src/audit/verify-export.ts'
import { type ChainHead, GENESIS, linkHash, walkChain } from '../../src/audit/walk-chain.ts'
import type { Queryable } from '../../src/db/queryable.ts'
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
  read: ['facts:abc', 'reader:9'],
  objects: ['run:1', 'person:8', 'enrolment:housing/4/10', 'enrolment:housing/5'],
}

const folderOf = (t: Pick<Test, 'testdir'>): string => t.testdir()

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
  const trusted = new Map()
  t.match(await verifyChain(database.pool, { trusted, head: report.head }), { intact: true, checkpoints: 1 })
  t.match(await verifyChain(database.pool, { trusted, head: { seq: 161, hash: 'x' } }), {
    intact: false,
    broken: { seq: 161, reason: 'truncated' },
  })
  const { rows } = await database.pool.query('select action, actor, person_ref, household_ref from audit_event limit 1')
  t.same(rows, [{ action: 'household.lookup', actor: 'key', person_ref: 7, household_ref: 3 }])
})

t.test('an event leaves the house with keyed hashes; the database finds it by the same subjects', async (t) => {
  const { pool } = await testDatabase(t)
  const within = { events: 0 }
  const id = await recording.run(within, () => recordEvent(pool, event))
  t.equal(within.events, 1)
  const { rows } = await pool.query<{ body: string; subjects: string[] }>(
    'select body, audit_subjects(body::jsonb) as subjects from audit_event',
  )
  const { body, subjects } = rows[0] as { body: string; subjects: string[] }
  const expected = ['household:3', 'household:4', 'household:5', 'person:10', 'person:7', 'person:8', 'person:9']
  t.same(subjectsOf(body), expected)
  t.same(subjects.toSorted(), expected, 'SQL and code look in the same places')
  const hash = await readSubjectHash(pool)
  const text = exportedText(body, hash)
  t.match(JSON.parse(text), {
    person: hash('person:7'),
    household: hash('household:3'),
    read: ['facts:abc', `reader:${hash('person:9')}`],
    objects: [
      'run:1',
      `person:${hash('person:8')}`,
      `enrolment:housing/${hash('household:4')}/${hash('person:10')}`,
      `enrolment:housing/${hash('household:5')}`,
    ],
  })
  t.notMatch(text, /Ref|(person|reader|household):\d{1,2}"|housing\/\d{1,2}[/"]/)
  t.equal(JSON.parse(body).at, new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString(), "the time is the id's")
  await t.rejects(pool.query('delete from identity.audit_key'), { code: '23001' })
})

t.test('events, links and checkpoints refuse change', async (t) => {
  const { pool } = await testDatabase(t)
  await recordEvent(pool, event)
  for (const table of ['audit_event', 'audit_link', 'audit_checkpoint']) {
    await t.rejects(pool.query(`truncate ${table} cascade`), { code: '23001' })
  }
  await t.rejects(pool.query("update audit_event set body = '{}'"), { code: '23001' })
  await t.rejects(pool.query('delete from audit_event'), { code: '23001' })
})

/** Gives every link from `seq` on the hash that its event has now: what somebody does who knows how the chain is made. */
async function rehash(db: Queryable, seq: number): Promise<void> {
  const subject = await readSubjectHash(db)
  const { rows } = await db.query<ChainHead & { id: string; body: string }>(
    'select l.seq, l.hash, l.event_id as id, e.body from audit_link l join audit_event e on e.id = l.event_id where l.seq >= $1 - 1 order by l.seq',
    [seq],
  )
  let previous = seq === 1 ? GENESIS : (rows.shift()?.hash ?? '')
  for (const { seq: place, id, body } of rows) {
    const hash = linkHash(previous, id, exportedText(body, subject))
    await db.query('update audit_link set prev_hash = $2, hash = $3 where seq = $1', [place, previous, hash])
    previous = hash
  }
}

const OF = (seq: number): string => `(select event_id from audit_link where seq = ${seq})`
const EDIT = `update audit_event set body = replace(body, '"NAF"', '"ZF"') where id = ${OF(6)}`
const FREE =
  'alter table audit_link drop constraint audit_link_event_id_key, drop constraint audit_link_prev_hash_key, drop constraint audit_link_hash_key, drop constraint audit_link_pkey'
const INSERT = `update audit_link set seq = seq + 1 where seq >= 6;
  insert into audit_event (id, body) select gen_random_uuid(), body from audit_event where id = ${OF(5)};
  insert into audit_link (seq, event_id, prev_hash, hash, form) select 6, e.id, l.hash, repeat('e', 64), 2 from audit_event e, audit_link l
    where l.seq = 5 and not exists (select from audit_link o where o.event_id = e.id)`

/** What somebody with every right over the database does, and the first place where it shows. Stored checkpoints stand at 4, 8 and 12. */
const tamperings: readonly (readonly [
  name: string,
  tamper: string | ((db: Queryable) => Promise<void>),
  broken: object,
  offline?: object | null,
])[] = [
  ['an event is edited', EDIT, { seq: 6, reason: 'hash', provedTo: 4 }],
  [
    'an event is edited so that its meaning stays',
    `update audit_event set body = body || ' ' where id = ${OF(6)}`,
    { seq: 6, reason: 'hash' },
  ],
  [
    'the person of an event is another',
    `update audit_event set body = replace(body, '"personRef":7', '"personRef":6') where id = ${OF(6)}`,
    { seq: 6, reason: 'hash' },
  ],
  ['an event is deleted', `delete from audit_event where id = ${OF(6)}`, { seq: 6, reason: 'missing' }],
  [
    'an event is deleted with its link',
    `delete from audit_event where id = ${OF(6)}; delete from audit_link where seq = 6`,
    { seq: 7, reason: 'gap' },
  ],
  [
    'the gap is closed',
    `delete from audit_event where id = ${OF(6)}; delete from audit_link where seq = 6; update audit_link set seq = seq + 1000 where seq > 6; update audit_link set seq = seq - 1001 where seq > 1000`,
    { seq: 6, reason: 'previous' },
  ],
  ['an event is inserted', `${FREE}; ${INSERT}`, { seq: 6, reason: 'hash' }],
  [
    'two events change places',
    `${FREE}; update audit_link set event_id = case seq when 6 then ${OF(7)} else ${OF(6)} end where seq in (6, 7)`,
    { seq: 6, reason: 'hash' },
  ],
  ['two links change places', `${FREE}; update audit_link set seq = 13 - seq where seq in (6, 7)`, { seq: 6, reason: 'previous' }],
  [
    'the tail is cut off',
    `delete from audit_link where seq > 9; delete from audit_event where id not in (select event_id from audit_link)`,
    { seq: 10, reason: 'truncated', provedTo: 8 },
  ],
  ['everything is cut off', 'delete from audit_link; delete from audit_event', { seq: 1, reason: 'truncated', provedTo: 0 }],
  [
    'an event is edited and all hashes made anew',
    async (db) => {
      await db.query(EDIT)
      await rehash(db, 6)
    },
    { seq: 8, reason: 'checkpoint', provedTo: 4 },
  ],
  [
    'the first event is edited and all hashes made anew',
    async (db) => {
      await db.query(EDIT.replace('6', '1'))
      await rehash(db, 1)
    },
    { seq: 4, reason: 'checkpoint', provedTo: 0 },
  ],
  [
    'an event is taken out, the gap closed and all hashes made anew',
    async (db) => {
      await db.query(
        `delete from audit_event where id = ${OF(6)}; delete from audit_link where seq = 6; update audit_link set seq = seq + 1000 where seq > 6; update audit_link set seq = seq - 1001 where seq > 1000`,
      )
      await rehash(db, 6)
    },
    { seq: 8, reason: 'checkpoint', provedTo: 4 },
  ],
  [
    'the chain forks',
    `${FREE}; insert into audit_event (id, body) select gen_random_uuid(), body from audit_event where id = ${OF(6)};
    insert into audit_link (seq, event_id, prev_hash, hash, form) select 6, e.id, l.hash, repeat('f', 64), 2 from audit_event e, audit_link l
    where l.seq = 5 and not exists (select from audit_link o where o.event_id = e.id)`,
    { seq: 6 },
  ],
  [
    'a link stands before the first',
    `${FREE}; alter table audit_link drop constraint audit_link_seq_check; update audit_link set seq = 0 where seq = 12`,
    { seq: 0 },
  ],
  [
    'an event is slipped in unlinked',
    `insert into audit_event (id, body) select gen_random_uuid(), body from audit_event where id = ${OF(6)}`,
    { seq: 14, reason: 'unlinked' },
    null,
  ],
  ['a link is believed to be of the old form', 'update audit_link set form = 1 where seq = 6', { seq: 6, reason: 'hash' }],
]

t.test('whoever gets round the triggers is seen, in the database and in an exported file', async (t) => {
  const database = await testDatabase(t)
  const folder = folderOf(t)
  for (let i = 1; i <= 13; i++) {
    await recordEvent(database.pool, { ...event, requestId: String(i) })
    if (i % 4 !== 0) continue
    await chainPending(database)
    await makeCheckpoint(database, folder)
  }
  await chainPending(database)
  const checkpoints = await checkpointsAfter(database.pool, 0, 10)
  t.same(
    checkpoints.map(({ checkpoint: { number, seq } }) => [number, seq]),
    [
      [1, 4],
      [2, 8],
      [3, 12],
    ],
  )
  const trusted = await trustedKeys(folder)
  const { texts: kept } = await keptOutside(database.pool, folder)
  t.equal(kept.length, 3)
  t.match(await verifyChain(database.pool, { trusted, kept }), { intact: true, links: 13, checkpoints: 3, doubtful: [] })
  t.match(await offline(database.pool, checkpoints, folder), { broken: null, links: 13, checkpoints: 3 })

  for (const [name, tamper, broken, ...other] of tamperings) {
    const client = await database.pool.connect()
    try {
      await client.query('begin; set local session_replication_role = replica')
      if (typeof tamper === 'string') await client.query(tamper)
      else await tamper(client)
      // The checkpoints of the database count for nothing where somebody owns it.
      await client.query('delete from audit_checkpoint')
      t.match(await verifyChain(client, { trusted, kept }), { intact: false, broken }, name)
      if (other.length === 0 || other[0])
        t.match(await offline(client, checkpoints, folder), { broken: other[0] ?? broken }, `${name}, exported`)
      else t.match(await offline(client, checkpoints, folder), { broken: null }, 'what no link names is not exported')
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  t.match(await verifyChain(database.pool, { trusted, kept }), { intact: true, links: 13 }, 'and nothing of it stayed')
})

async function offline(db: Queryable, checkpoints: readonly SignedCheckpoint[], folder: string) {
  return verifyExport(exportLines(db, await beginExport(db, 0)), checkpoints, await trustedKeys(folder))
}

t.test('checkpoints are believed for their signature only', async (t) => {
  const database = await testDatabase(t)
  const folder = folderOf(t)
  for (let i = 0; i < 3; i++) {
    await recordEvent(database.pool, event)
    await chainPending(database)
    await makeCheckpoint(database, folder)
  }
  t.equal((await makeCheckpoint(database, folder))?.checkpoint.number, 3, 'nothing new to sign')
  const trusted = await trustedKeys(folder)
  const [first, second, third] = (await checkpointsAfter(database.pool, 0, 10)) as [SignedCheckpoint, SignedCheckpoint, SignedCheckpoint]
  t.match(openCheckpoint(third, trusted), { number: 3, seq: 3 })
  const stranger = await signingKey(mkdtempSync(join(folder, 'stranger')))
  const forged = signCheckpoint({ ...third.checkpoint, hash: 'f'.repeat(64) }, stranger)
  const verified = (sent: readonly { signed: string; signature: string }[]) => verifyChain(database.pool, { trusted, sent })
  t.match(await verified([forged]), { intact: false, broken: null, doubtful: [{ source: 'sent', place: 1, reason: 'key' }] })
  const swapped = { signed: first.signed, signature: third.signature }
  t.match(await verified([first, swapped]), { doubtful: [{ source: 'sent', place: 2, reason: 'signature' }] })
  const namedOurs = { ...forged, signed: forged.signed.replace(stranger.keyId, [...trusted.keys()][0] ?? '') }
  t.match(await verified([namedOurs]), { doubtful: [{ reason: 'signature' }] })
  for (const signed of [
    '',
    '{}',
    'null',
    ` ${third.signed}`,
    third.signed.replace('audit checkpoint', 'list'),
    third.signed.replace('"seq":3', '"seq":-3'),
  ])
    t.equal(openCheckpoint({ ...third, signed }, trusted), 'form', signed)
  t.match(openCheckpoint(third, carriedKeys([third])), { seq: 3 })

  await database.pool.query('begin; set local session_replication_role = replica; delete from audit_checkpoint where number = 2; commit')
  t.match(
    await verified([second]),
    { intact: false, broken: null, doubtful: [{ source: 'stored', place: 2, reason: 'gap' }] },
    'one was taken out',
  )

  const next = mkdtempSync(join(folder, 'next'))
  const newKey = await signingKey(next)
  t.match(openCheckpoint(third, await trustedKeys(next)), 'key')
  writeFileSync(join(next, 'keys', '2026.retired.pem'), readFileSync(join(folder, 'keys', 'list-signing.pem')))
  const both = await trustedKeys(next)
  t.same([...both.keys()].toSorted(), [...trusted.keys(), newKey.keyId].toSorted())
  t.match(openCheckpoint(third, both), { seq: 3 }, 'a retired key is believed')
  t.equal(keyIdOf([...keysOf([newKey.publicKey]).values()][0] as never), newKey.keyId)
})

t.test('an exported file that is cut, joined or no export at all is told with its line', async (t) => {
  const database = await testDatabase(t)
  const folder = folderOf(t)
  for (let i = 0; i < 5; i++) await recordEvent(database.pool, event)
  await chainPending(database)
  const text: string[] = []
  for await (const lines of exportLines(database.pool, await beginExport(database.pool, 2))) text.push(lines)
  const lines = text.join('').trimEnd().split('\n')
  t.equal(lines.length, 5)
  const trusted = await trustedKeys(folder)
  const read = async (file: readonly string[]) => verifyExport(Readable.from(file.map((line) => `${line}\n`)), [], trusted)
  t.match(await read(lines), { from: { seq: 2 }, head: { seq: 5 }, links: 3, broken: null })
  t.match(await read([]).catch((error: ExportFault) => error.line), 1)
  t.match(await read(['{"kind":"another"}']).catch((error: ExportFault) => error.line), 1)
  t.match(await read(lines.slice(0, -1)).catch((error: ExportFault) => error.line), 5, 'cut off')
  t.match(
    await read([...lines.slice(0, 3), lines.at(-1) ?? '']).catch((error: ExportFault) => error.line),
    4,
    'a line is missing before the last',
  )
  t.match(await read([...lines, lines[2] ?? '']).catch((error: ExportFault) => error.line), 6, 'something follows')
  t.match(await read([lines[0] ?? '', 'no json']).catch((error: ExportFault) => error.line), 2)
  t.match(await read([lines[0] ?? '', '{"seq":3}']).catch((error: ExportFault) => error.line), 2)
  t.match(await read([lines[0] ?? '', (lines[1] ?? '').replace('NAF', 'ZF'), ...lines.slice(2)]), { broken: { seq: 3, reason: 'hash' } })
  await t.rejects(beginExport(database.pool, 6), { code: 'audit-place-unknown' })
})

t.test('forks of a file are seen', async (t) => {
  const link = (seq: number, previous: string, text: string) => ({ seq, id: text, previous, text, hash: linkHash(previous, text, text) })
  const one = link(1, GENESIS, 'a')
  t.match(await walkChain([one, link(1, GENESIS, 'b')]), { broken: { seq: 1, reason: 'fork' }, links: 1 })
  const two = link(2, one.hash, 'b')
  t.match(await walkChain([one, two, one]), { broken: { seq: 1, reason: 'order' } })
  t.match(
    await walkChain(
      [one, two],
      [
        { seq: 1, hash: one.hash },
        { seq: 1, hash: 'other' },
      ],
    ),
    { broken: { seq: 1, reason: 'checkpoint' } },
  )
  t.match(await walkChain([two], [{ seq: 1, hash: 'other' }], one), { broken: { seq: 1, reason: 'checkpoint' } })
})

t.test('the running sequencer chains, signs, tells of errors, and finishes its work when stopped', async (t) => {
  const database = await testDatabase(t)
  const heads: ChainHead[] = []
  const errors: unknown[] = []
  const signed: SignedCheckpoint[] = []
  const dataDirectory = folderOf(t)
  const settings = { everyMs: 5, signEveryMs: 60_000, dataDirectory }
  const told = {
    onHead: (head: ChainHead) => void heads.push(head),
    onCheckpoint: (made: SignedCheckpoint) => void signed.push(made),
    onError: (error: unknown) => void errors.push(error),
  }
  const sequencer = chainAndSign(database, { ...settings, ...told })
  await recordEvent(database.pool, event)
  while (heads.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(signed.length, 0, 'not before its time')
  await recordEvent(database.pool, event)
  await sequencer.stop()
  t.equal(heads.at(-1)?.seq, 2)
  t.match(signed, [{ checkpoint: { number: 1, seq: 2 } }])
  t.same(errors, [])
  await recordEvent(database.pool, event)
  await chainAndSign(database, { ...settings, everyMs: 60_000, dataDirectory: '/dev/null/nowhere', ...told }).stop()
  t.match(errors, [{ code: 'ENOTDIR' }], 'a key that cannot be had is told')
  t.equal(heads.at(-1)?.seq, 3, 'and does not hold the chain up')
})
