/** `mizan audit`: the log is exported and signed, and the files are proved without the database. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { recordEvent } from '../../src/audit/audit-event.ts'
import { audit } from '../../src/commands/audit.ts'
import { readConfig } from '../../src/config.ts'
import { signingKey } from '../../src/audit/signing-key.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase(t)
const folder = t.testdir()
const file = (name: string): string => join(folder, name)

/** Exit code and what was told. */
async function run(...args: string[]): Promise<readonly [number, string]> {
  const told: string[] = []
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = ((text: string) => told.push(text) > 0) as never
  const config = readConfig({ DATABASE_URL: database.url, MIZAN_DATA_DIR: folder })
  try {
    return [await audit({ config, args, signal: new AbortController().signal }), told.join('')]
  } finally {
    process.stdout.write = write
  }
}

t.test('export, checkpoint, verify; then somebody edits the file', async (t) => {
  for (let i = 0; i < 5; i++)
    await recordEvent(database.pool, {
      action: 'a.test',
      actor: 'system',
      entity: 'NAF',
      purpose: 'a test',
      requestId: `r${i}`,
      outcome: 'done',
      personRef: 4711,
    })
  t.match(await run('checkpoint', file('one.json')), [0, /event 5[^]*القيد 5/])
  t.match(await run('export', file('audit.ndjson')), [0, /5 events[^]*كُتب 5/])
  t.match(await run('checkpoint', file('two.json')), [0, /event 6/], 'that it was exported is an event')
  writeFileSync(file('key.pem'), (await signingKey(folder)).publicKey)
  t.match(await run('verify', file('audit.ndjson'), '--checkpoint', file('one.json'), '--key', file('key.pem')), [
    0,
    /Whole: 5 events up to 5, 1 checkpoints[^]*السجل سليم/,
  ])
  t.match(await run('verify', file('audit.ndjson'), '--checkpoint', file('one.json')), [0, /No --key[^]*Whole/], 'signed by whom?')
  t.match(
    await run('verify', file('audit.ndjson'), '--checkpoint', file('one.json'), '--checkpoint', file('two.json'), '--key', file('key.pem')),
    [1, /breaks at event 6 \(truncated\)[^]*غير سليم/],
  )
  const text = readFileSync(file('audit.ndjson'), 'utf8')
  t.notMatch(text, /4711/)
  writeFileSync(file('edited.ndjson'), text.replace('r2', 'r9'))
  t.match(await run('verify', file('edited.ndjson')), [1, /breaks at event 3 \(hash\)/])
  writeFileSync(file('cut.ndjson'), text.slice(0, -20))
  t.match(await run('verify', file('cut.ndjson')), [1, /Not proved: line 7/])
  writeFileSync(file('stranger.pem'), (await signingKey(t.testdir())).publicKey)
  t.match(await run('verify', file('audit.ndjson'), '--checkpoint', file('one.json'), '--key', file('stranger.pem')), [
    1,
    /Checkpoint 1 \(sent\) is not believed: key/,
  ])
  t.match(await run('verify', '--checkpoint', file('one.json')), [0, /Whole: 6 events up to 6, 2 checkpoints/])
  t.match(await run('verify'), [0, /Whole: 7 events/], 'a verification is an event, too')
  await database.pool.query(
    "begin; set local session_replication_role = replica; update audit_event set body = replace(body, 'r1', 'r7'); commit",
  )
  t.match(await run('verify'), [1, /breaks at event 2 \(hash\)/])
})

t.test('what cannot be understood is refused', async (t) => {
  for (const args of [[], ['export'], ['checkpoint'], ['export', 'a', 'b'], ['delete', 'a'], ['export', 'a', '--after', 'x']])
    await t.rejects(run(...args), /mizan audit export/, args.join(' '))
  await t.rejects(run('export', file('x'), '--after', '999'), { code: 'audit-place-unknown' })
  writeFileSync(file('none.json'), '{"a":1}')
  await t.rejects(run('verify', '--checkpoint', file('none.json')), /signed/)
})
