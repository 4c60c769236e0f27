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
  t.same((await get('/health/ready')).json(), { status: 'ok' })
})
