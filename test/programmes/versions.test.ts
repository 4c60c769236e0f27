import t from 'tap'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { readMembers, readVersions, storeShipped } from '../../src/programmes/version-store.ts'
import { versionText } from '../../src/programmes/version.ts'
import type { VersionText } from '../../src/programmes/version.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { testDatabase } from '../support/database.ts'

const day = dayNumber('2026-06-01') as number
const texts = shippedTexts()

t.test('shipped versions are stored once, byte for byte, and compile', async (t) => {
  const database = await testDatabase(t)
  const [first, second] = await Promise.all([loadShippedVersions(database), loadShippedVersions(database)])
  t.equal(first.length + second.length, texts.length, 'two services that start together store each text once')
  t.same(await loadShippedVersions(database), [])
  for (const text of texts) {
    const stored = await readVersions(database.pool, text.kind, text.id)
    t.ok(
      stored.some(({ source, hash }) => source === text.source && hash === text.hash),
      `${text.kind} ${text.id}`,
    )
  }
  const versions = versionsOf(database)
  const [bundle, again] = await Promise.all([versions.inForce(day), versions.inForce(day)])
  t.equal(bundle, again, 'compiled once')
  t.equal(bundle.programmes.length, 7)
  t.ok(bundle.formulas.some(({ formula }) => formula.terms.length >= 57))
  t.equal(await versions.byHash(bundle.hash), bundle)
  const fresh = await versionsOf(database).byHash(bundle.hash)
  t.equal(fresh.hash, bundle.hash, 'the same set from the database alone')
  await t.rejects(versionsOf(database).byHash('0'.repeat(64)), { code: 'replay-not-possible' })
  await t.rejects(versions.inForce(0), { code: 'nothing-in-force' }, 'in 1970 no rule was in force')
})

t.test('the texts of a set come in its order, whatever way PostgreSQL reads them', async (t) => {
  const database = await testDatabase(t)
  await loadShippedVersions(database)
  const { versions } = await versionsOf(database).inForce(day)
  const client = await database.pool.connect()
  t.teardown(() => client.release(true))
  for (const off of ['nestloop', 'hashjoin', 'mergejoin']) {
    await client.query(`set enable_${off} = off`)
    for (const refs of [versions, versions.toReversed()])
      t.same(
        (await readMembers(client, refs)).map(({ kind, id }) => `${kind} ${id}`),
        refs.map(({ kind, id }) => `${kind} ${id}`),
      )
  }
})

t.test('a stored version never changes', async (t) => {
  const { pool, transaction } = await testDatabase(t)
  await transaction(({ client }) => storeShipped(client, [parameter(1)]))
  for (const change of [
    "source = 'x'",
    "hash = repeat('0', 64)",
    "effective_from = '2020-01-01'",
    "status = 'draft'",
    'version = 9',
    "origin = 'x'",
  ]) {
    await t.rejects(pool.query(`update object_version set ${change}`), { code: '23001' }, change)
  }
  await t.rejects(pool.query('delete from object_version'), { code: '23001' })
  await t.rejects(pool.query('truncate object_version'), { code: '23001' })
  await t.resolves(pool.query("update object_version set status = 'retired'"))
  await pool.query("insert into version_set values (repeat('0', 64), '[]')")
  await t.rejects(pool.query("update version_set set members = ''"), { code: '23001' })
})

t.test('changed texts', async (t) => {
  const database = await testDatabase(t)
  const store = (list: VersionText[]) => database.transaction(({ client }) => storeShipped(client, list))
  t.match(await store([parameter(1)]), [{ version: 1 }])
  t.match(await store([parameter(2)]), [{ version: 2 }], 'a text without a number takes the next')
  t.match(await store([parameter(1)]), [{ version: 3 }], 'going back is a new version too')
  t.same(
    (await readVersions(database.pool, 'parameter')).map(({ status }) => status),
    ['retired', 'retired', 'active'],
  )
  await store([parameter(1), rule('a')])
  await t.rejects(store([parameter(7), rule('b')]), /rule r version 1 was changed, but a version never changes/)
  t.equal((await readVersions(database.pool, 'parameter')).length, 3, 'nothing of a refused load is stored')
  await store([])
  t.same(
    (await readVersions(database.pool, 'parameter')).map(({ status }) => status),
    ['retired', 'retired', 'retired'],
    'no longer shipped',
  )
  await database.pool.query(
    "insert into object_version (kind, id, version, hash, source, status, origin) values ('parameter', 'p', 4, repeat('0', 64), '{}', 'active', 'ministry')",
  )
  t.same(await store([parameter(5)]), [], 'what somebody else made active is not replaced')
})

t.test('nothing invalid is stored, and every error is named', async (t) => {
  const database = await testDatabase(t)
  const broken = texts.map((text) => {
    if (text.kind !== 'rule' || text.id !== 'housing') return text
    const source = text.source
      .replace(/"fact": "\w+"/, '"fact": "noSuchFact"')
      .replace(/"condition": "[\w-]+"/, '"condition": "no-such-definition"')
    return versionText('rule', text.id, source, JSON.parse(source))
  })
  await t.rejects(loadShippedVersions(database, broken), /rule\/housing\/1#\/conditions/)
  const { rows } = await database.pool.query('select count(*) as n from object_version')
  t.same(rows, [{ n: 0 }])
})

const parameter = (value: number): VersionText => versionText('parameter', 'p', `{ "value": ${value} }`, { value })
const rule = (name: string): VersionText => versionText('rule', 'r', JSON.stringify({ version: 1, name }), { version: 1, name })
