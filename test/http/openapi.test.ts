import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { testApp } from '../support/app.ts'

t.test('the committed description is the one that the routes give', async (t) => {
  const { app } = await testApp(t)
  await app.ready()
  const given = app.swagger() as unknown as {
    openapi: string
    info: { version: string }
    paths: Record<string, Record<string, { responses: Record<string, unknown>; summary?: string }>>
  }
  const committed = JSON.parse(readFileSync(join(projectRoot, 'openapi/openapi.json'), 'utf8')) as typeof given
  given.info.version = committed.info.version
  t.same(JSON.parse(JSON.stringify(given)), committed, 'run npm run openapi')
  t.equal(committed.openapi, '3.1.0')
  for (const [path, methods] of Object.entries(committed.paths)) {
    for (const [method, { responses, summary }] of Object.entries(methods)) {
      t.ok(summary, `${method} ${path} says what it is for`)
      t.match(responses.default, { content: { 'application/problem+json': {} } }, `${method} ${path} documents its problems`)
    }
  }
})

t.test('whoever opens the bare address finds the documentation', async (t) => {
  const { app } = await testApp(t)
  const bare = await app.inject('/')
  t.match(bare, { statusCode: 302, headers: { location: '/docs' } })
  t.equal((await app.inject('/docs')).statusCode, 200)
})
