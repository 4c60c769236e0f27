/** The letter to a person: outcome, reasons, score, what could change it and how to object, in Arabic and English, to be printed. */
import type { Language } from '../../language/messages.ts'
import { explainDetermination } from '../explain-determination.ts'
import type { Recalled } from '../recall.ts'

/** Everything that the person may know; what organisations are granted has no say in it. */
export async function writeLetter(recalled: Recalled, readerRef: number): Promise<string> {
  const sections = []
  for (const language of ['ar', 'en'] as const)
    sections.push(section(await explainDetermination(recalled, readerRef, language, 'citizen'), language))
  return `<!doctype html>
<html lang="ar">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(`${words.ar.title} · ${words.en.title}`)}</title>
<style>
@page { size: A4; margin: 18mm }
body { font-family: 'Noto Sans Arabic', 'Noto Sans', sans-serif; font-size: 11pt; line-height: 1.6; margin: 0 auto; max-width: 46em; padding: 1em }
section + section { break-before: page }
h1 { font-size: 15pt } h2 { font-size: 12pt; break-after: avoid } li { break-inside: avoid }
dt { font-weight: 600 } dd { margin: 0 0 .4em }
</style>
</head>
<body>
${sections.join('\n')}
</body>
</html>
`
}

type Explanation = Awaited<ReturnType<typeof explainDetermination>>

function section(explanation: Explanation, language: Language): string {
  const { programme, outcomeText, asOf, determination, rule, score, withheld, notices } = explanation
  const say = words[language]
  const list = (title: string, sentences: readonly string[]): string =>
    sentences.length === 0 ? '' : `<h2>${escape(title)}</h2>\n<ul>\n${sentences.map((one) => `<li>${escape(one)}</li>`).join('\n')}\n</ul>`
  return `<section lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<h1>${escape(say.title)}</h1>
<dl>
<dt>${escape(say.programme)}</dt><dd>${escape(programme.name)}</dd>
<dt>${escape(say.outcome)}</dt><dd>${escape(outcomeText)}</dd>
<dt>${escape(say.asOf)}</dt><dd><bdi>${escape(asOf)}</bdi></dd>
<dt>${escape(say.reference)}</dt><dd><bdi>${escape(determination)}</bdi></dd>
</dl>
${withheld === null ? '' : `<p>${escape(withheld)}</p>`}
${list(say.reasons, rule?.sentences ?? [])}
${list(say.score, score?.sentences ?? [])}
${list(say.notices, notices)}
<p>${escape(say.sealed)}</p>
</section>`
}

const words = {
  en: {
    title: 'Explanation of a determination',
    programme: 'Programme',
    outcome: 'Outcome',
    asOf: 'As of',
    reference: 'Reference',
    reasons: 'Why',
    score: 'The score',
    notices: 'What you should know',
    sealed: 'This letter was sealed for delivery to you: the organisation that asked for it could not read it.',
  },
  ar: {
    title: 'بيان أسباب القرار',
    programme: 'البرنامج',
    outcome: 'النتيجة',
    asOf: 'كما في',
    reference: 'الرقم المرجعي',
    reasons: 'الأسباب',
    score: 'الدرجة',
    notices: 'ما ينبغي معرفته',
    sealed: 'خُتم هذا الكتاب لتسليمه إليكم، ولم تتمكن الجهة التي طلبته من الاطلاع عليه.',
  },
} as const

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] as string)
