/** Settings have documented defaults, say what is wrong with them, and the reference page is the table. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configurationPage } from '../src/commands/configuration.ts'
import { readConfig, settings } from '../src/config.ts'
import { projectRoot } from '../src/kernel/project-root.ts'

t.test('an empty environment gives the defaults', async (t) => {
  const config = readConfig({})
  t.match(config, {
    host: '127.0.0.1',
    port: 8080,
    databaseUrl: undefined,
    timeZone: 'Asia/Amman',
    seedHouseholds: 3000,
    trustedProxies: [],
  })
  t.equal(config.dataDirectory, join(projectRoot, 'data'))
  t.ok(Object.isFrozen(config))
})

t.test('values are read exactly', async (t) => {
  const config = readConfig({
    PORT: '0',
    MIZAN_DATA_DIR: '/somewhere',
    DATABASE_URL: 'postgres://x',
    TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2',
  })
  t.match(config, { port: 0, dataDirectory: '/somewhere', databaseUrl: 'postgres://x', trustedProxies: ['10.0.0.1', '10.0.0.2'] })
})

t.test('every bad setting is named with what was expected', async (t) => {
  const read = (): unknown => readConfig({ PORT: '8080x', LOG_LEVEL: 'loud', TIME_ZONE: 'Amman', SEED: '1.5' })
  t.throws(read, /PORT="8080x": expected a whole number from 0 to 65535/)
  t.throws(read, /LOG_LEVEL="loud": expected one of fatal/)
  t.throws(read, /TIME_ZONE="Amman": expected an IANA time zone/)
  t.throws(read, /SEED="1.5"/)
  t.throws(() => readConfig({ PORT: '65536' }))
})

t.test('names are unique and the reference page is up to date', async (t) => {
  const names = Object.values(settings).map(({ env }) => env)
  t.equal(new Set(names).size, names.length)
  t.equal(readFileSync(join(projectRoot, 'docs/reference/configuration.md'), 'utf8'), configurationPage())
})
