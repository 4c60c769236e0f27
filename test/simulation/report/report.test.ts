/** The report: complete in both languages, nothing but its own styles, everybody's text escaped, nothing told that may not be. */
import t, { type Test } from 'tap'
import type { EquivalenceScale } from '../../../src/simulation/equivalence-scale.ts'
import { measureDefinitions } from '../../../src/simulation/measures/measure-definitions.ts'
import { renderReport } from '../../../src/simulation/report/render-report.ts'
import { REPORT_POLICY } from '../../../src/simulation/report/report-policy.ts'
import { policiesOf, type ReportLanguage, type ReportSubject } from '../../../src/simulation/report/report-subject.ts'
import { reportWords } from '../../../src/simulation/report/report-words.ts'
import { readResult, storedResult, toldResult } from '../../../src/simulation/result.ts'
import { testApp } from '../../support/app.ts'
import { HOSTILE, HOSTILE_SCENARIO, madeOutcome, madeRequest, PROGRAMMES, storeMade } from '../support/made-result.ts'
import { madeMovers } from '../support/made-movers.ts'
import { witnessesOf } from '../support/made-witnesses.ts'
import { readHtml } from '../support/well-formed.ts'

const names = { [`programme/${PROGRAMMES[0]}`]: { en: 'Cash <i>transfer</i>', ar: 'الدعم النقدي' } }
const outcome = readResult(storedResult(madeOutcome()))
const subject = (exact: boolean, more: Partial<ReportSubject> = {}): ReportSubject => ({
  id: 'an-id',
  request: madeRequest,
  manifestHash: 'c'.repeat(64),
  finishedAt: '2026-11-02T08:00:00Z',
  told: toldResult(outcome, exact),
  names,
  ...more,
})

t.test('every word exists in both languages, with the same places for values', async (t) => {
  for (const [id, { en, ar }] of Object.entries(reportWords)) {
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
    t.same(places(ar), places(en), id)
    const letters = ar.replace(/\{\w+\}|`[^`]*`|[\s:()%«»،.0-9]/g, '')
    t.ok(letters === '' || /[\u0600-\u06ff]/.test(letters), `${id} in Arabic`)
    t.notMatch(en, /[\u0600-\u06ff]/, `${id} in English`)
  }
})

for (const exact of [false, true])
  for (const language of ['ar', 'en', 'both'] as const satisfies readonly ReportLanguage[]) {
    t.test(`a report of what is told ${exact ? 'exactly' : 'to all'}, ${language}`, async (t) => {
      const html = renderReport(subject(exact), language)
      const { elements, faults, text } = readHtml(html)
      t.same(faults, [], 'well-formed, ids once')
      t.same(outsideReferences(html), [])
      const root = elements.find(({ name }) => name === 'html')
      t.match(root?.attributes, language === 'en' ? { lang: 'en', dir: 'ltr' } : { lang: 'ar', dir: 'rtl' })
      const articles = elements.filter(({ name }) => name === 'article').map(({ attributes }) => [attributes['lang'], attributes['dir']])
      const [arabic, english] = [
        ['ar', 'rtl'],
        ['en', 'ltr'],
      ]
      t.same(articles, language === 'both' ? [arabic, english] : language === 'ar' ? [arabic] : [english])
      const links = elements.filter(({ name }) => name === 'a').map(({ attributes }) => attributes['href']?.slice(1))
      const ids = new Set(elements.flatMap(({ attributes }) => attributes['id'] ?? []))
      t.same(
        links.filter((id) => !ids.has(id ?? '')),
        [],
        'links lead to what is there',
      )
      charts(t, html)
      if (language !== 'en') t.match(text, 'قيس الفقر والتفاوت والأخطاء على مجتمع سكاني اصطناعي')
      if (language !== 'ar') t.match(text, 'measured on a synthetic population')
      t.equal(text.includes('أقل من 10'), !exact && language !== 'en')
      t.equal(text.includes('fewer than 10'), !exact && language !== 'ar')
      t.notMatch(text, /NaN|undefined|null|Infinity|\{\w+\}/)
    })
  }

/** Every chart is named and described in the language of its article, and no name of Plot's own is left. */
function charts(t: Test, html: string): void {
  for (const article of html.split('<article').slice(1)) {
    const language = article.includes('dir="rtl"') ? 'ar' : 'en'
    const svgs = (article.match(/<svg[\s\S]*?<\/svg>/g) ?? []).filter((svg) => !/^<svg[^>]*aria-hidden/.test(svg))
    t.ok(svgs.length > 12, `${svgs.length} charts`)
    for (const svg of svgs) {
      const [, title = '', description = ''] = /<title[^>]*>([\s\S]*?)<\/title><desc[^>]*>([\s\S]*?)<\/desc>/.exec(svg) ?? []
      if (
        title === '' ||
        description === '' ||
        !svg.includes('role="img"') ||
        !svg.includes(`lang="${language}"`) ||
        svg.includes('aria-label=')
      )
        t.fail('a chart without its words', { svg: svg.slice(0, 300) })
      if (/NaN|undefined/.test(svg)) t.fail('a number that is none', { svg: svg.slice(0, 300) })
    }
  }
}

/** Whatever could make a browser ask somebody else, or run something. */
function outsideReferences(html: string): string[] {
  const { elements } = readHtml(html)
  return elements.flatMap(({ name, attributes }) => {
    const found = Object.entries(attributes).filter(
      ([attribute, value]) =>
        attribute.startsWith('on') ||
        ['src', 'srcset', 'data', 'action', 'poster', 'background'].includes(attribute) ||
        (attribute.endsWith('href') && !value.startsWith('#')) ||
        /url\(|expression\(|javascript:/i.test(value),
    )
    const forbidden = ['script', 'iframe', 'object', 'embed', 'link', 'base', 'form', 'img', 'image', 'use', 'foreignObject'].includes(name)
    return forbidden || found.length > 0 ? [`${name} ${JSON.stringify(found)}`] : []
  })
}

t.test('names that try to be markup are text', async (t) => {
  const html = renderReport(subject(false), 'both')
  t.notMatch(html, /<script|<img|<b>Zarqa|onerror="|<i>transfer/)
  t.match(html, '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; =1+1')
  const { text } = readHtml(html)
  for (const written of [HOSTILE, HOSTILE_SCENARIO, '<b>Zarqa</b>', 'Cash <i>transfer</i>', '/</code><script>'])
    t.ok(text.includes(written), written)
  t.same(outsideReferences('<p onclick="x" ><a href="http://x.y">z</a><img src="x" /></p>').length, 3, 'the check sees planted ones')
  t.ok(readHtml('<p><b></p>').faults.length > 0)
})

t.test('a figure says what it shows, and beside what it is measured', async (t) => {
  const html = renderReport(subject(false), 'both')
  for (const figure of html.match(/<figure>[\s\S]*?<\/figure>/g) ?? []) {
    t.match(figure, /<figcaption>\s*<p>/, 'a definition')
    const isMeasured = /معامل|لورنز|Lorenz|concentration|exclusion|Tenth of welfare|عُشر الرفاه/.test(figure)
    if (isMeasured) t.match(figure, 'class="notice"')
  }
  const used = [...measureDefinitions.values()].filter(({ definition }) => html.includes(definition.en.slice(0, 30).replace(/'/g, '&#39;')))
  t.ok(used.length >= 20, `${used.length} definitions`)
})

t.test('by which scale welfare is shared, with its source, and by which line', async (t) => {
  const line = 150_000
  const scales: EquivalenceScale[] = [
    { kind: 'byAge', adult: 700, child: 500, childUnder: 14, source: 'OECD <1982>' },
    { kind: 'bySize', sizes: [1000, 1414], source: null },
  ]
  const [byAge, bySize] = scales.map((scale) =>
    renderReport(subject(false, { told: toldResult({ ...outcome, reference: { kind: 'synthetic', line, scale } }, false) }), 'both'),
  )
  for (const html of [byAge, bySize]) {
    t.same(readHtml(html ?? '').faults, [])
    t.match(html, reportWords.lineOfEquivalents.ar)
    t.notMatch(html, reportWords.line.en)
  }
  t.match(byAge, 'the first adult 1, each further adult 0.700, each child under 14 0.500')
  t.match(byAge, 'OECD &lt;1982&gt;')
  t.match(bySize, 'by number of persons: 1.000, 1.414')
})

t.test('what each condition keeps out: in words or by its place, again only where a scenario changes it', async (t) => {
  const rowsOf = (html: string): string[] =>
    (/id="en-filters"[\s\S]*?<\/section>/.exec(html)?.[0].match(/<th scope="row">[\s\S]*?<\/tr>/g) ?? []).map((row) =>
      row.replace(/<[^>]*>/g, '|'),
    )
  const told = rowsOf(renderReport(subject(true), 'en'))
  t.equal(told.length, 3)
  t.match(told[0], /#\/conditions\/all\/0.*Baseline.*120.*7.*30.*0/)
  t.match(told[1], /160/)
  t.match(told[2], /Not &lt;b&gt;poor&lt;\/b&gt;.*55.*20.*12.*3/)
  const disclosed = rowsOf(renderReport(subject(false), 'en'))
  t.match(disclosed[0], /120.*fewer than 10.*30.*0/)
})

t.test('how much each term weighs, where that was asked for', async (t) => {
  const html = renderReport(subject(false), 'both')
  for (const text of [reportWords.sensitivityTitle.en, reportWords.sensitivityTitle.ar, 'Size &lt;i&gt;', '1.24', 'shoeSize'])
    t.match(html, text)
  const bare = { ...outcome, baseline: { ...outcome.baseline, sensitivity: null } }
  t.notMatch(renderReport(subject(false, { told: toldResult(bare, false) }), 'both'), reportWords.sensitivityTitle.en)
})

t.test('made households beside who enters and leaves, where they were asked for', async (t) => {
  const [first] = outcome.scenarios as [(typeof outcome.scenarios)[0]]
  const witnesses = [
    ...witnessesOf({ '/conditions': { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 3 }] } }),
    { programme: 'housing', difference: null },
  ]
  const html = renderReport(subject(false, { told: toldResult({ ...outcome, scenarios: [{ ...first, witnesses }] }, false) }), 'both')
  t.same(readHtml(html).faults, [])
  for (const language of ['en', 'ar'] as const)
    for (const word of ['witnessesTitle', 'witnessesTooLarge', 'madeHousehold'] as const) t.match(html, reportWords[word][language])
  t.notMatch(renderReport(subject(false), 'both'), reportWords.witnessesTitle.en)
})

t.test('made households that cross a cut-off: the points by either formula side by side, and what adds up', async (t) => {
  const told = (movedScores: typeof madeMovers) =>
    subject(false, { told: toldResult({ ...outcome, scenarios: outcome.scenarios.map((one) => ({ ...one, movedScores })) }, false) })
  const html = renderReport(told(madeMovers), 'both')
  t.same(readHtml(html).faults, [])
  for (const language of ['en', 'ar'] as const)
    for (const word of ['movedTitle', 'moverEnters', 'pointsOfTerms', 'noMover', 'cutOffThere'] as const)
      t.match(html, reportWords[word][language])
  t.match(html, /إربد، فئة الأولوية «الأسر الكبيرة»/)
  const [rows = ''] = html.slice(html.indexOf('<article id="en"')).match(/Points of each term[\s\S]*?<\/table>/) ?? []
  const cells = rows
    .split('<tr')
    .slice(2)
    .map((one) => (one.match(/<t[hd][\s\S]*?<\/t[hd]>/g) ?? []).map((cell) => cell.replace(/<[^>]*>/g, '').trim()))
  t.same(cells, [
    ['Size &lt;b&gt;', '-1.000', '-1.500', '-0.500'],
    ['gone', '0.250', 'none', '-0.250'],
    ['Constant and terms that give the same: 1', '5.850', '5.850', '0.000'],
    ['Score', '5.100', '4.350', '-0.750'],
    ['Cut-off there, to the tenth of a point', '5.0', '4.9', '-0.1'],
  ])
  t.notMatch(renderReport(told([]), 'both'), reportWords.movedTitle.en)
})

t.test('a result without reference welfare, without ranks and without effect', async (t) => {
  const [, same] = outcome.scenarios
  const bare = {
    ...outcome,
    reference: null,
    breakdowns: outcome.breakdowns.filter(({ id }) => id === 'governorate'),
    baseline: { ...outcome.baseline, measures: null, filters: null },
    scenarios: same ? [{ ...same, measures: null, filters: null }] : [],
  }
  const html = renderReport(subject(true, { told: toldResult(bare, true), names: {} }), 'both')
  t.same(readHtml(html).faults, [])
  t.notMatch(html, /class="notice"/)
  t.match(html, reportWords.noReference.ar)
  t.match(html, reportWords.nothingMoves.en)
  t.match(html, reportWords.noRankMoves.en)
  t.match(html, PROGRAMMES[0], 'who has no name goes by the id')
  t.equal(policiesOf(toldResult(bare, false)).length, 2)
})

t.test('over HTTP: under the rules of the result', async (t) => {
  const { app, database, headers, keyWith } = await testApp(t, { MIZAN_DATA_DIR: t.testdir() })
  const { id } = await storeMade(database)
  const url = `/v1/simulations/${id}/report`
  const answer = await app.inject({ url, headers })
  t.equal(answer.statusCode, 200, answer.body.slice(0, 300))
  t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  t.equal(answer.headers['content-security-policy'], `${REPORT_POLICY}; frame-ancestors 'none'`)
  t.equal(answer.headers['x-content-type-options'], 'nosniff')
  t.match(answer.body, /<article id="ar"[\s\S]*<article id="en"/)
  t.match(answer.body, 'الدعم النقدي الموحد')
  t.match(answer.body, 'Unified Cash Transfer')
  t.match(answer.body, 'fewer than 10')
  t.same(readHtml(answer.body).faults, [])
  const reader = await keyWith('simulations:read')
  const events = async (): Promise<number> =>
    (await database.pool.query("select from audit_event where action = 'simulation.read-exact'")).rowCount ?? 0
  t.equal((await app.inject({ url: `${url}?exact=true`, headers: reader })).statusCode, 403)
  t.equal((await app.inject({ url: `${url}?lang=en`, headers: reader })).statusCode, 200)
  t.equal(await events(), 0)
  const exact = await app.inject({ url: `${url}?exact=true&lang=en`, headers })
  t.match(exact.body, reportWords.exact.en)
  t.notMatch(exact.body, /fewer than 10|dir="rtl"/)
  t.equal(await events(), 1)
  t.equal((await app.inject({ url: `${url}?lang=fr`, headers })).statusCode, 400)
  const { id: others } = await storeMade(database, 'NAF')
  t.equal((await app.inject({ url: `/v1/simulations/${others}/report`, headers })).statusCode, 404)
})
