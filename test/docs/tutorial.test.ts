/** The tutorial's own files do what the tutorial says of them, on the family that it names. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { seededApp } from '../support/seeded-app.ts'

const folder = join(projectRoot, 'docs', 'tutorial')
const file = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const page = readFileSync(join(folder, 'first-five-minutes.md'), 'utf8')
const show = (body: string, language = 'en'): string =>
  execFileSync(process.execPath, [join(folder, 'show.mjs'), language], { input: body, encoding: 'utf8' })
/** Without the ids and references, which differ from one population to the next. */
const plain = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll(/^ {2}\d+: /gm, '  member: ')
const lines = (text: string): string[] =>
  plain(text)
    .split('\n')
    .filter((line) => line !== '')

const service = await seededApp(t, 5)

t.test('every line that an answer prints stands in the tutorial', async (t) => {
  const { post, get } = service
  const told = (body: string): string[] => {
    const known = new Set(lines(page))
    return lines(show(body)).filter((line) => !known.has(line))
  }
  const before = await post('/v1/determinations', { nationalId: '0000001101' })
  t.same(told(before.body), [], 'before the application')
  const applied = await post('/v1/applications', file('application.json'), { 'idempotency-key': '6b1f7d1e-0d6f-4a57-9a53-0c9e6c7a1f01' })
  t.equal(applied.statusCode, 201)
  t.same(told(applied.body), [], 'after it')
  const { programmes } = applied.json() as { programmes: { programme: string; determinations: { id: string }[] }[] }
  const id = programmes.find(({ programme }) => programme === 'housing')?.determinations[0]?.id
  const why = await get(`/v1/determinations/${id}/explanation?lang=ar`)
  t.match(show(why.body), /نوع حيازة المسكن: ملك/)
  t.match((await get(`/v1/determinations/${id}/replay`)).json(), { same: true })
})

t.test('the rule of the tutorial, and the same with a mistake', async (t) => {
  const { post } = service
  const tried = await post('/v1/evaluate', file('rule.json'))
  for (const line of lines(show(tried.body))) t.ok(page.includes(line), line)
  const misspelt = JSON.parse(JSON.stringify(file('rule.json')).replaceAll('incomeTotalMonthly', 'incomeTotalMontly')) as unknown
  const refused = await post('/v1/evaluate', misspelt)
  for (const line of lines(show(refused.body))) t.ok(page.includes(line), line)
})
