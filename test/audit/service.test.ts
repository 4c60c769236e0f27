import { Readable } from 'node:stream'
import t from 'tap'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import { recordEvent } from '../../src/audit/audit-event.ts'
import type { SignedCheckpoint } from '../../src/audit/checkpoints/checkpoint.ts'
import { keysOf } from '../../src/audit/signing-key.ts'
import { verifyExport } from '../../src/audit/verify-export.ts'
import { migrateQueue } from '../../src/jobs/queue.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { application, seededApp } from '../support/seeded-app.ts'

const folder = t.testdir()
const service = await seededApp(t, 12, { MIZAN_DATA_DIR: folder })
const { app, database, heads, post, get, keyWith } = service
await ensureEntities(database.pool, entities)
await migrateQueue(database.pool)
const head = heads[0] as (typeof heads)[number]
const other = heads[1] as (typeof heads)[number]

interface Operation {
  readonly description?: string
  readonly security?: unknown[]
  readonly 'x-purpose'?: string
}
const { paths } = (await app.inject('/docs/json')).json() as { paths: Record<string, Record<string, Operation>> }
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, method, path, operation })),
)

/** Permissions to read what is about rules, structure or aggregates, and never about a person. */
const READS_OF_NOBODY = [
  'versions:read',
  'runs:read',
  'simulations:read',
  'loads:read',
  'changes:read',
  'queries:read',
  'entities:read',
  'users:read',
  'keys:read',
  'audit:checkpoints',
  'registries:read',
  'letters:write',
  'grants:read',
]
/** Whatever else answers without a purpose, and why. */
const WITHOUT_PURPOSE: Readonly<Record<string, string>> = {
  'GET /v1/me': 'tells the asker who the asker is',
  'GET /v1/drafts': 'texts of rules, the author’s own',
  'GET /v1/drafts/{kind}/{id}': 'a text of a rule, the author’s own',
  'POST /v1/drafts/check': 'checks texts of rules and keeps nothing',
  'POST /v1/evaluate': 'judges facts that were sent along and keeps nothing',
  'POST /v1/queries/sql': 'shows the text of a query',
  'POST /v1/audit/checkpoints': 'signs a hash',
}

t.test('every route has a purpose, or is about nobody', async (t) => {
  const bare = operations.filter(({ route, method, operation }) => {
    const permission = /Permission: `([^`]+)`/.exec(operation.description ?? '')?.[1]
    const reads = method === 'get' && READS_OF_NOBODY.includes(permission ?? '')
    return operation.security?.length !== 0 && operation['x-purpose'] === undefined && !reads && WITHOUT_PURPOSE[route] === undefined
  })
  t.same(
    bare.map(({ route }) => route),
    [],
  )
  const purposes = operations.filter((one) => one.operation['x-purpose'] !== undefined)
  t.ok(purposes.length >= 40, `${purposes.length} routes with a purpose`)
  t.same(
    Object.keys(WITHOUT_PURPOSE).filter((route) => !operations.some((one) => one.route === route)),
    [],
    'and the list is no longer than needed',
  )
})

t.test('no audit, no decision', async (t) => {
  const client = await database.pool.connect()
  await client.query(
    'alter table audit_event disable trigger audit_event_waits; create or replace function audit_event_fails() returns trigger language plpgsql as $$ begin return null; end $$; create trigger audit_event_fails before insert on audit_event for each row execute function audit_event_fails()',
  )
  const before = await post('/v1/households/lookup', { nationalId: head.number })
  await client.query('drop trigger audit_event_fails on audit_event; alter table audit_event enable trigger audit_event_waits')
  client.release()
  t.match(before, { statusCode: 500 }, 'an event that the database swallows is none')
  t.match(before.json(), { code: 'audit-not-recorded', requestId: String })
  t.notMatch(before.body, /household_ref|householdRef|members/)
  t.match(service.logged(), /audit-not-recorded/)
  t.equal((await post('/v1/households/lookup', { nationalId: head.number })).statusCode, 200)
})

t.test('who looked at my data', async (t) => {
  const {
    rows: [membership],
  } = await database.pool.query('select valid_from from household_member where person_ref = $1', [head.personRef])
  t.ok(membership)
  const agency = await keyWith('households:lookup')
  await post('/v1/households/lookup', { nationalId: head.number }, agency)
  await post('/v1/households/lookup', { nationalId: other.number })
  const key = { 'idempotency-key': '01a20ae3-5581-7377-9bfe-7dbbb80314a9' }
  t.equal((await post('/v1/applications', application(head.number), key)).statusCode, 201)
  t.match(await post('/v1/applications', application(head.number), key), { statusCode: 201, headers: { 'idempotency-replayed': 'true' } })
  const determination = (await database.pool.query('select id from determination limit 1')).rows[0].id
  t.equal((await get(`/v1/determinations/${determination}/explanation`)).statusCode, 200)
  await post('/v1/households/lookup', { nationalId: '0000000000' })

  const asked = await post('/v1/audit/access-history', { nationalId: head.number })
  t.equal(asked.statusCode, 200, asked.body)
  const { accesses, facts, note } = asked.json()
  t.same(
    accesses.map(({ action }: { action: { code: string } }) => action.code),
    ['determination.explained', 'application.repeated', 'application.posted', 'household.looked-up', 'household.looked-up'],
  )
  t.match(accesses[4], {
    entity: { id: 'MODEE', names: { en: /Digital/, ar: /[\u0600-\u06ff]/ } },
    who: { kind: 'key', text: { en: String, ar: /[\u0600-\u06ff]/ } },
    purpose: { en: 'finding the household of an applicant', ar: /[\u0600-\u06ff]/ },
    action: { text: { ar: /[\u0600-\u06ff]/ } },
    about: 'person',
    read: ['membership'],
  })
  const [set] = accesses[0].read
  t.ok(
    facts[set].length > 30 && facts[set].every(({ label }: { label: { ar: string } }) => /[\u0600-\u06ff]/.test(label.ar)),
    'the facts are named',
  )
  t.match(note, { en: String, ar: /[\u0600-\u06ff]/ })
  t.notMatch(asked.body, new RegExp(`reader|"${head.personRef}"|:${other.personRef}\\b`), 'no references, no readers')
  const again = (await post('/v1/audit/access-history', { nationalId: head.number, limit: 2 })).json()
  t.equal(again.accesses[0].action.code, 'access-history.read', 'the question is on record itself')
  const next = (await post('/v1/audit/access-history', { nationalId: head.number, limit: 2, cursor: again.next })).json()
  t.match(next.accesses, [{ action: { code: 'application.repeated' } }, { action: { code: 'application.posted' } }])
  t.match(
    (await post('/v1/audit/access-history', { nationalId: other.number, cursor: again.next })).json(),
    { code: 'cursor-unknown' },
    'of another person',
  )
  t.match((await post('/v1/audit/access-history', { nationalId: '0000000000' })).json(), { code: 'person-not-found', status: 404 })
  t.match((await post('/v1/audit/access-history', { nationalId: 7 })).json(), { code: 'national-id-malformed' })
  t.equal((await post('/v1/audit/access-history', { nationalId: head.number }, await keyWith('audit:read'))).statusCode, 403)

  const member = (await service.membersOf(head.householdRef)).find(({ personRef }) => personRef !== head.personRef)
  if (member) {
    const household = (await post('/v1/audit/access-history', { nationalId: member.number })).json()
    t.ok(
      household.accesses.every(({ about }: { about: string }) => about === 'household'),
      'a member sees what was read of the household',
    )
    t.ok(household.accesses.length >= 4)
    await database.pool.query(
      'update household_member set valid_to = current_date - 1, valid_from = current_date - 9 where person_ref = $1',
      [member.personRef],
    )
    t.same(
      (await post('/v1/audit/access-history', { nationalId: member.number }))
        .json()
        .accesses.filter(({ about }: { about: string }) => about === 'household'),
      [],
      'and not after leaving it',
    )
  }
})

t.test('what was read under a number that was merged is the person’s, too; objects and old references count', async (t) => {
  const event = { actor: 'system', entity: 'NAF', purpose: 'a test', requestId: 'r', outcome: 'found', action: 'query.run' }
  const [mine, merged] = [heads[2], heads[3]] as [typeof head, typeof head]
  await recordEvent(database.pool, {
    ...event,
    objects: [`person:${merged.personRef}`, `person:${other.personRef}`],
    read: ['ssc_salaries.amount'],
  })
  const history = async () =>
    (await post('/v1/audit/access-history', { nationalId: mine.number })).json().accesses as { action: { code: string }; read: string[] }[]
  t.same((await history()).length, 0)
  const made = await post('/v1/substitutions', { number: merged.number, currentNumber: mine.number, reason: 'a test' })
  t.equal(made.statusCode, 201, made.body)
  const found = await history()
  t.same(
    found.map(({ action }) => action.code),
    ['substitution.made', 'access-history.read', 'query.run'],
  )
  t.same(found[2]?.read, ['ssc_salaries.amount'], 'and nobody else of the same answer')
  t.equal((await post(`/v1/substitutions/${made.json().id}/undo`, {})).statusCode, 200)
  t.notOk(
    (await history()).some(({ action }) => action.code === 'query.run'),
    'undone, it is the other one’s again',
  )
})

t.test('the log is listed by what it says', async (t) => {
  const all = (await get('/v1/audit?limit=5')).json()
  t.equal(all.events.length, 5)
  t.match(all.events[0], { seq: null, actor: { kind: 'key', name: 'test' }, entity: 'MODEE', at: String, requestId: String })
  const { action, entity, requestId } = all.events[4]
  t.ok(requestId)
  for (const filter of [`action=${action}`, `entity=${entity}`, `actor=${all.events[4].actor.id}`]) {
    const { events } = (await get(`/v1/audit?limit=1000&${filter}`)).json()
    t.ok(
      events.some(({ id }: { id: string }) => id === all.events[4].id),
      filter,
    )
  }
  t.ok(
    (await get('/v1/audit?action=application.posted'))
      .json()
      .events.every((one: { action: string }) => one.action === 'application.posted'),
  )
  t.same((await get('/v1/audit?entity=NOBODY')).json(), { events: [], next: null })
  const [posted] = (await get('/v1/audit?action=application.posted')).json().events
  t.match(posted, { person: /^[0-9a-f]{32}$/, household: /^[0-9a-f]{32}$/ })
  t.match((await get(`/v1/audit?object=${posted.objects[0]}`)).json().events, { length: 2 }, 'posted and repeated')
  const at = encodeURIComponent(posted.at)
  t.ok(
    (await get(`/v1/audit?from=${at}&limit=1000`)).json().events.some(({ id }: { id: string }) => id === posted.id),
    'from is included',
  )
  t.notOk(
    (await get(`/v1/audit?until=${at}&limit=1000`)).json().events.some(({ id }: { id: string }) => id === posted.id),
    'until is not',
  )
  const seen = new Set<string>()
  let cursor: string | null = ''
  for (let pages = 0; cursor !== null && pages < 50; pages++) {
    const page: { events: { id: string }[]; next: string | null } = (
      await get(`/v1/audit?until=${at}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
    ).json()
    for (const { id } of page.events) seen.add(id)
    cursor = page.next
  }
  const { rows } = await database.pool.query<{ n: number }>('select count(*) as n from audit_event where id < $1', [posted.id])
  t.equal(seen.size, rows[0]?.n, 'page after page gives each event once')
  t.match((await get(`/v1/audit?cursor=${all.next}&action=x`)).json(), { code: 'cursor-unknown' })
  t.match((await get('/v1/audit?from=yesterday')).json(), { code: 'request-invalid', pointer: 'querystring/from' })
})

t.test('custodians keep checkpoints, carry the log away and prove it', async (t) => {
  t.match((await get('/v1/audit/checkpoints/latest')).json(), { code: 'checkpoint-not-found' })
  const made = (await post('/v1/audit/checkpoints', undefined)).json() as SignedCheckpoint
  t.match(made, { checkpoint: { number: 1, previous: null }, algorithm: 'Ed25519' })
  await post('/v1/households/lookup', { nationalId: head.number })
  const second = (await post('/v1/audit/checkpoints', undefined)).json() as SignedCheckpoint
  t.equal(second.checkpoint.number, 2)
  const listed = (await get('/v1/audit/checkpoints')).json().checkpoints
  t.same(listed, [made, second])
  t.same((await get('/v1/audit/checkpoints?after=1')).json().checkpoints, [second])
  t.same((await get('/v1/audit/checkpoints/latest')).json(), second)
  t.same((await get('/v1/audit/checkpoints/1')).json(), made, 'the first that covers a place')
  t.match((await get('/v1/audit/checkpoints/999999')).json(), { code: 'checkpoint-not-found', status: 404 })
  const keys = (await app.inject('/v1/audit/keys')).json()
  t.match(keys, { current: { keyId: made.checkpoint.keyId }, signers: [{ firstSeq: made.checkpoint.seq, lastSeq: second.checkpoint.seq }] })

  const exported = await get('/v1/audit/export')
  t.match(exported.headers, { 'content-type': 'application/x-ndjson' })
  const trusted = keysOf([keys.current.publicKey])
  t.match(await verifyExport(Readable.from([exported.body]), listed, trusted), { broken: null, checkpoints: 2, doubtful: [] })
  const bytes = Readable.from([...Buffer.from(exported.body)].map((byte) => Buffer.from([byte])))
  t.match(await verifyExport(bytes, listed, trusted), { broken: null }, 'in whatever pieces it comes')
  t.notMatch(exported.body, /personRef|householdRef/)
  for (const { number } of heads) t.notOk(exported.body.includes(number))
  t.match(
    (await get(`/v1/audit/export?after=${made.checkpoint.seq}`)).body,
    new RegExp(`^{"kind":"mizan audit export","version":1,"after":{"seq":${made.checkpoint.seq},`),
  )
  t.match((await get('/v1/audit/export?after=999999')).json(), { code: 'audit-place-unknown', status: 404 })

  const verified = (
    await post('/v1/audit/verify', { checkpoints: listed, checkpoint: { seq: made.checkpoint.seq, hash: made.checkpoint.hash } })
  ).json()
  t.match(verified, { intact: true, checkpoints: 3, waiting: 0, otherChains: 0, doubtful: [] })
  await database.pool.query(
    'begin; set local session_replication_role = replica; delete from audit_checkpoint; delete from audit_event where id = (select event_id from audit_link where seq = 3); commit',
  )
  t.match((await post('/v1/audit/verify', {})).json(), { intact: false, broken: { seq: 3, reason: 'missing' } })
  t.match(
    (await get('/v1/audit?action=audit.verified')).json().events.map(({ outcome }: { outcome: string }) => outcome),
    ['missing', 'intact'],
  )
})
