// Prints an answer of the service so that it fits on a screen: `curl ... | node docs/tutorial/show.mjs [en|ar]`.
import { readFileSync } from 'node:fs'

const language = process.argv[2] === 'ar' ? 'ar' : 'en'
const answer = JSON.parse(readFileSync(0, 'utf8'))
const known = [
  ['programmes', programmes],
  ['results', tried],
  ['code', refused],
  ['determination', explained],
]
const [, show = (other) => [JSON.stringify(other, null, 2)]] = known.find(([key]) => answer[key] !== undefined) ?? []
process.stdout.write(`${show(answer).join('\n')}\n`)

/** Every programme with what was determined; the ids are for asking why. */
function programmes({ id, status, programmes: all, questions = [] }) {
  const head = id ? [`application ${id}: ${status}`, ''] : []
  const open = questions.map(({ label, declared, administrative }) => `? ${label[language]}: ${declared} / ${administrative}`)
  return [...head, ...all.flatMap(programme), ...open]
}

function programme({ names, outcomeText, benefit, determinations }) {
  const amount = benefit?.amount ? ` · ${benefit.amount} ${benefit.unit}` : ''
  return [`${names[language]}: ${outcomeText[language]}${amount}`, ...determinations.flatMap(unit), '']
}

function unit({ id, personRef, outcomeText, reasons, missing }) {
  const who = personRef === null ? [] : [`  ${personRef}: ${outcomeText[language]}`]
  const settle = missing.length > 0 ? [`  … ${missing.map(({ label }) => label[language]).join(language === 'ar' ? '، ' : '; ')}`] : []
  return [...who, ...reasons[language].map((reason) => `  - ${reason}`), ...settle, ...(id ? [`  ${id}`] : [])]
}

/** An explanation: what decided, what could change it, the score in short, and what the reader is told besides. */
function explained({ programme: { name }, rule, score, withheld, notices }) {
  const sentences = rule ? rule.sentences : [withheld]
  return [name, ...sentences.map((sentence) => `  ${sentence}`), ...(score?.sentences ?? []).slice(0, 3), ...notices]
}

/** POST /v1/evaluate: the outcome of the rule for each set of facts. */
function tried({ results }) {
  return results.flatMap(({ rule }) => (rule ?? []).flatMap(({ explanation, outcome }) => [...(explanation?.sentences ?? [outcome]), '']))
}

function refused({ status, code, title, hint, errors = [] }) {
  const places = errors.map((error) => `  ${error.pointer}: ${error.message}${error.hint ? ` (${error.hint})` : ''}`)
  return [`${status} ${code}: ${title}`, hint, ...places]
}
