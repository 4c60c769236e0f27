/** `mizan catalogue cost`: by the files alone. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { catalogue } from '../../src/commands/catalogue.ts'
import { readConfig } from '../../src/config.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'

const folder = t.testdir()

async function cost(name: string, json: unknown) {
  const file = join(folder, name)
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json))
  const lines: string[] = []
  const { write } = process.stdout
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write
  try {
    const code = await catalogue({ config: readConfig({}), args: ['cost', file], signal: new AbortController().signal })
    return { code, told: lines.join('') }
  } finally {
    process.stdout.write = write
  }
}

t.test('what is new, what is changed, and what does not compile', async (t) => {
  const income = JSON.parse(readFileSync(join(projectRoot, 'rules', 'catalogue', 'income.json'), 'utf8')) as { facts: object[] }
  t.same(await cost('income.json', income), { code: 0, told: 'No fact is new or changed.\nلا متغيّر جديدًا أو معدّلًا.\n' })
  const count = (registry: string) => ({ aggregate: { function: 'count', over: { registry } } })
  const fact = (id: string, definition: unknown) => ({
    ...{ id, type: 'integer', unit: 'persons', label: { en: 'Bidders for tenders', ar: 'عدد المشاركين في العطاءات' } },
    ...{ custodian: 'GTD', definition },
  })
  const file = (...facts: object[]) => ({ entity: 'household', facts })
  const { code, told } = await cost(
    'mine.json',
    file(fact('tenderBids', count('gtd_bidders')), fact('bidsAgain', { derived: { add: ['tenderBids', 'tenderBids'] } })),
  )
  t.equal(code, 0)
  t.match(
    told,
    /^tenderBids: new\ntenderBids: جديد\n {2}reads gtd_bidders, which nothing reads today; GTD must grant it\n {2}يقرأ gtd_bidders .*GTD\n/,
  )
  t.match(told, /bidsAgain: new\n.*\n.*\n.*\n {2}also computes tenderBids\n {2}ويُحسب معه tenderBids\n$/)
  t.match(await cost('unknown.json', file(fact('x', count('nowhere')))), {
    code: 1,
    told: /error catalogue\/draft\/1.*: "nowhere" is not a registry/,
  })
  t.match(await cost('broken.json', '{'), { code: 1, told: /error catalogue\/draft#/ })
  await t.rejects(
    catalogue({ config: readConfig({}), args: ['cost'], signal: new AbortController().signal }),
    /expected: mizan catalogue cost/,
  )
})
