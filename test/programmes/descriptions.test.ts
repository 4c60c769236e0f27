/** Descriptions over HTTP: sentences and pages of what is in force on a day, and what cannot be described. */
import t from 'tap'
import type { PageText } from '../../src/programmes/descriptions/description-page.ts'
import { descriptionPage } from '../../src/programmes/descriptions/description-page.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { testApp } from '../support/app.ts'

t.test('programmes and formulas in plain language', async (t) => {
  const { app, headers } = await testApp(t, {}, async (database) => void (await loadShippedVersions(database)))
  const get = (url: string) => app.inject({ url, headers })

  const answer = (await get('/v1/programmes/unified-cash-transfer/description?on=2026-11-01')).json()
  t.match(answer, { asOf: '2026-11-01', en: [{ title: 'Unified Cash Transfer' }], ar: [{ title: 'الدعم النقدي الموحد' }] })
  t.same(
    answer.versions.map(({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`),
    ['programme unified-cash-transfer', 'rule unified-cash-transfer', 'formula welfare-ranking'],
  )
  const told: { depth: number; text: string }[] = answer.en[1].sentences
  t.match(
    told.find(({ text }) => text.startsWith('Income per member:')),
    { depth: 2, text: 'Income per member: less than “Poverty line, per person” (JOD 100 a month per person)' },
  )
  t.match((await get('/v1/formulas/welfare-ranking/description?digits=arab')).json().ar[1].sentences[0].text, /٥٧ مؤشرًا/)

  const page = await get('/v1/programmes/health-insurance/page?on=2026-11-01')
  t.match(page.headers['content-type'], /^text\/html/)
  t.equal((page.body.match(/<article /g) ?? []).length, 2, 'both languages')
  t.match(page.body, /^<!doctype html>\s*<html lang="ar" dir="rtl">/)
  t.notMatch(page.body, /<script|src=|href=|url\(/, 'nothing from outside')
  t.match(page.body, /2026-11-01 · programme health-insurance 1 [0-9a-f]{64} · rule health-insurance 1 /)
  t.match((await get('/v1/formulas/welfare-ranking/page?language=en')).body, /^<!doctype html>\s*<html lang="en" dir="ltr">/)

  t.match((await get('/v1/programmes/nothing/page')).json(), { status: 404, code: 'version-not-found' })
  t.match((await get('/v1/formulas/nothing/description')).json(), { status: 404, code: 'version-not-found' })
  t.match((await get('/v1/programmes/housing/description?on=2026-02-30')).json(), { status: 400, pointer: 'querystring/on' })
  t.match((await get('/v1/programmes/housing/page?language=fr')).json(), { status: 400 })
})

t.test('what a text says is text, never markup', async (t) => {
  const node = { text: '<img src=x onerror=1>', citation: '"&', children: [{ text: '</article>', citation: null, children: [] }] }
  const text: PageText = {
    language: 'en',
    sections: [
      { title: '<b>', nodes: [node] },
      { title: '</h2>', nodes: [] },
    ],
    stamp: '<i>',
  }
  const page = descriptionPage([text])
  t.notMatch(page, /<img|<b>|<i>/)
  t.equal((page.match(/<\/article>/g) ?? []).length, 1)
  t.match(page, /&lt;img src=x onerror=1&gt; <cite><bdi>&quot;&amp;<\/bdi><\/cite>/)
  t.match(descriptionPage([]), /<html lang="ar" dir="rtl">/)
})
