/** A household's key: the same for ever under one secret, unlike under another, and spread over all values. */
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cellSecret, recordKeys } from '../../../src/access/disclosure/cell-keys.ts'

const secret = new Uint8Array(32).fill(7)

t.test('keys of references', async (t) => {
  const [keyOf, again, other] = [recordKeys(secret), recordKeys(secret), recordKeys(new Uint8Array(32).fill(8))]
  const references = [0, 1, 255, 256, 65_535, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
  for (const reference of references) {
    const key = keyOf(reference)
    t.ok(Number.isInteger(key) && key >= 0 && key < 2 ** 32, `${reference}: ${key}`)
    t.equal(again(reference), key)
    t.not(other(reference), key)
  }
  t.equal(new Set(references.map(keyOf)).size, references.length)
})

t.test('neighbouring references have keys in all parts of the range, each bit as often set as not', async (t) => {
  const keyOf = recordKeys(secret)
  const count = 40_000
  const parts = Array.from({ length: 16 }, () => 0)
  const bits = Array.from({ length: 32 }, () => 0)
  for (let reference = 1; reference <= count; reference++) {
    const key = keyOf(reference)
    parts[key >>> 28] = (parts[key >>> 28] as number) + 1
    for (let bit = 0; bit < 32; bit++) if ((key >>> bit) & 1) bits[bit] = (bits[bit] as number) + 1
  }
  // Seven standard deviations of a fair draw.
  for (const found of parts) t.ok(Math.abs(found - count / 16) < 7 * Math.sqrt((count / 16) * (15 / 16)), `${found}`)
  for (const found of bits) t.ok(Math.abs(found - count / 2) < 7 * Math.sqrt(count / 4), `${found}`)
})

t.test('the secret of the installation is made once, whoever comes first, and nobody else may read it', async (t) => {
  const folder = t.testdir()
  const secrets = await Promise.all(Array.from({ length: 20 }, () => cellSecret(folder)))
  for (const found of secrets) t.same(Buffer.from(found), Buffer.from(secrets[0] as Uint8Array))
  t.same(readdirSync(join(folder, 'keys')), ['cell-secret'], 'no draft lies about')
  t.equal(statSync(join(folder, 'keys', 'cell-secret')).mode & 0o777, 0o600)
  t.same(Buffer.from(await cellSecret(folder)), Buffer.from(secrets[0] as Uint8Array))
  t.notSame(Buffer.from(await cellSecret(t.testdir({ other: {} }))), Buffer.from(secrets[0] as Uint8Array))
})

t.test('a secret that was cut off is told, and never replaced', async (t) => {
  const folder = t.testdir({ keys: { 'cell-secret': 'short' } })
  await t.rejects(cellSecret(folder), /keys\/cell-secret .* not of 32 bytes/)
  writeFileSync(join(folder, 'keys', 'cell-secret'), Buffer.alloc(32, 1))
  t.same(Buffer.from(await cellSecret(folder)), Buffer.alloc(32, 1))
})
