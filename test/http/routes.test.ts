import t from 'tap'
import { seededApp } from '../support/seeded-app.ts'

const service = await seededApp(t, 5)

/** Every documented route, taken from the description that the service publishes of itself. */
t.test('each route refuses without a key, with an unknown one and without its permission', async (t) => {
  const { app, keyWith } = service
  const { paths } = (await app.inject('/docs/json')).json() as {
    paths: Record<string, Record<string, { description?: string; security?: unknown[] }>>
  }
  const powerless = await keyWith()
  let guarded = 0
  for (const [path, methods] of Object.entries(paths)) {
    const url = path.replaceAll(/\{(id|user)\}/g, '01a20ae3-5581-7377-9bfe-7dbbb80314a9').replaceAll('{version}', '1')
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.security?.length === 0) continue
      guarded++
      const ask = async (headers: Record<string, string>) =>
        app.inject({
          method: method.toUpperCase() as 'GET',
          url,
          headers: { ...headers, 'content-type': 'application/json' },
          ...(method === 'get' ? {} : { payload: '{}' }),
        })
      const what = `${method} ${path}`
      t.match((await ask({})).json(), { code: 'key-missing', status: 401 }, what)
      t.match((await ask({ authorization: `Bearer mizan_${'x'.repeat(43)}` })).json(), { code: 'key-unknown', status: 401 }, what)
      // Some routes are for everybody who is known: one's own account.
      if (operation.description?.includes('For every caller who is known')) continue
      const refused = (await ask(powerless)).json()
      t.match(refused, { code: 'permission-missing', status: 403, instance: path.replaceAll(/\{(\w+)\}/g, ':$1') }, what)
      t.match(operation.description, `Permission: \`${refused.expected}\``, what)
    }
  }
  t.ok(guarded >= 18, `${guarded} guarded routes`)
})

t.test('what is published of the versions', async (t) => {
  const { get } = service
  const catalogue = (await get('/v1/catalogue')).json()
  t.ok(catalogue.facts.filter((fact: { entity: string }) => fact.entity === 'household').length >= 80)
  t.ok(catalogue.facts.filter((fact: { entity: string }) => fact.entity === 'person').length >= 25)
  t.ok(catalogue.facts.every(({ label }: { label: { ar: string } }) => /[\u0600-\u06ff]/.test(label.ar)))
  const { programmes } = (await get('/v1/programmes')).json()
  t.equal(programmes.length, 7)
  const { formulas } = (await get('/v1/formulas')).json()
  t.ok(formulas.some(({ terms }: { terms: number }) => terms >= 57))
  for (const { id, rule } of programmes) {
    t.match((await get(`/v1/programmes/${id}`)).json(), { versions: [{ id, status: 'active' }] })
    const text = (await get(`/v1/programmes/${rule.id}/rules/${rule.version}`)).json()
    t.equal(text.hash, rule.hash)
    t.equal(JSON.parse(text.source).version, rule.version)
    t.equal((await get(`/v1/programmes/${rule.id}/rules`)).statusCode, 200)
  }
  for (const { id, version, hash } of formulas) {
    t.match((await get(`/v1/formulas/${id}/versions/${version}`)).json(), { hash, kind: 'formula' })
    t.equal((await get(`/v1/formulas/${id}`)).statusCode, 200)
  }
  for (const url of [
    '/v1/programmes/none',
    '/v1/formulas/none',
    '/v1/programmes/housing/rules/99',
    '/v1/formulas/welfare-ranking/versions/99',
  ]) {
    t.match((await get(url)).json(), { code: 'version-not-found', status: 404 }, url)
  }
  t.match((await get('/v1/formulas/welfare-ranking/versions/x')).json(), { code: 'request-invalid', pointer: 'params/version' })
  t.match((await get('/v1/formulas/welfare-ranking/versions/0')).json(), { code: 'request-invalid', pointer: 'params/version' })
  t.match((await get('/v1/forms/intake/1')).json(), { 'x-label': {}, required: ['formVersion', 'applicant', 'notice'] })
  t.same((await get('/health/ready')).json(), { status: 'ok', secondWall: 'on' })
})

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}
interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** Ten digits, as National IDs are, that occur nowhere else: each place where one is sent has its own. */
const CANARY = /98765\d{5}/
let canaries = 0
const canary = (): string => `98765${String(++canaries).padStart(5, '0')}`

/** A body of the described shape with a canary for each text and each number. */
function laden(schema: Schema | undefined, depth = 0): unknown {
  if (!schema || depth > 6) return canary()
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return laden(schema.anyOf[0], depth + 1)
  if (schema.properties) return Object.fromEntries(Object.entries(schema.properties).map(([key, of]) => [key, laden(of, depth + 1)]))
  if (schema.items) return [laden(schema.items, depth + 1)]
  const type = [schema.type].flat()[0]
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return Number(canary())
  return type === 'null' ? null : canary()
}

/** Words that exist, so that a request gets further than its address. */
const plausible: Readonly<Record<string, string>> = {
  programme: 'housing',
  registry: 'ssc_salaries',
  kind: 'rule',
  version: '1',
  position: '1',
  seq: '1',
}

t.test(
  'a National ID in any field, header or forced error of any route is in no log, no answer of an error, no metric and no event',
  async (t) => {
    const { app, headers, database, logged } = service
    const { paths } = (await app.inject('/docs/json')).json() as { paths: Record<string, Record<string, Described>> }
    const failures: string[] = []
    let asked = 0
    const ask = async (what: string, method: string, url: string, more: Record<string, string>, payload?: string): Promise<void> => {
      const answer = await app.inject({
        method: method.toUpperCase() as 'GET',
        url,
        headers: more,
        ...(payload === undefined ? {} : { payload }),
      })
      asked++
      if (answer.statusCode >= 500) failures.push(`${what}: ${answer.statusCode} ${answer.body.slice(0, 200)}`)
      if (CANARY.test(JSON.stringify(answer.headers))) failures.push(`${what}: told in a header`)
      if (answer.statusCode >= 400 && CANARY.test(answer.body)) failures.push(`${what}: told in an error`)
    }
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
        const what = `${method} ${path}`
        const query = parameters.filter((one) => one.in === 'query').map(({ name }) => `${name}=${canary()}`)
        const own = Object.fromEntries(parameters.filter((one) => one.in === 'header').map(({ name }) => [name, canary()]))
        const all = {
          'x-request-id': canary(),
          'user-agent': canary(),
          'accept-language': canary(),
          'x-national-id': canary(),
          traceparent: canary(),
          ...own,
        }
        const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? (['application/json', {}] as const)
        const json = { 'content-type': 'application/json' }
        const filled = path.replaceAll(/\{\w+\}/g, canary)
        const real = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => plausible[name] ?? '01a20ae3-5581-7377-9bfe-7dbbb80314a9')
        await ask(what, method, `${filled}?${query.join('&')}`, { ...headers, ...all })
        await ask(what, method, `${real}?nationalId=${canary()}`, { ...headers, ...all })
        await ask(what, method, `${real}/${canary()}`, { ...headers })
        await ask(what, method, real, { authorization: `Bearer mizan_${canary()}_${'x'.repeat(30)}`, cookie: `session=${canary()}` })
        if (method === 'get') continue
        const body = JSON.stringify(laden(content?.schema))
        await ask(what, method, real, { ...headers, ...all, 'content-type': type }, body)
        await ask(
          what,
          method,
          real,
          { ...headers, 'idempotency-key': '01a20ae3-5581-4377-9bfe-7dbbb80314a9', 'if-match': '"x"', 'content-type': type },
          body,
        )
        await ask(what, method, real, { ...headers, ...json }, JSON.stringify({ [canary()]: canary() }))
        await ask(what, method, real, { ...headers, ...json }, JSON.stringify(canary()))
        await ask(what, method, real, { ...headers, ...json }, `{"nationalId": "${canary()}", "nationalId": ${canary()}`)
        await ask(what, method, real, { ...headers, 'content-type': `text/${canary()}` }, canary())
      }
    }
    t.same(failures, [])
    t.ok(asked > 500, `${asked} requests, ${canaries} canaries`)
    const lines = logged().split('\n')
    t.same(lines.filter((line) => CANARY.test(line)).slice(0, 5), [], `${lines.length} lines of the log`)
    t.notMatch((await app.inject('/metrics')).body, CANARY)
    const { rows } = await database.pool.query("select body from audit_event where body ~ '98765[0-9]{5}'")
    t.same(rows.slice(0, 5), [], 'no event')
  },
)
