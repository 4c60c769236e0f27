/** `mizan describe PROGRAMME|FORMULA`: the files in plain language, before anything is submitted; needs no database. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dayNumber, isoOfDay } from '../kernel/date.ts'
import { textOf } from '../language/plain/plain-text.ts'
import type { PlainSection } from '../language/plain/plain-text.ts'
import type { Language } from '../language/messages.ts'
import { programmeOf } from '../programmes/bundle.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { describeFormula, describeProgramme, languages } from '../programmes/descriptions/describe.ts'
import { descriptionPage } from '../programmes/descriptions/description-page.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'
import { todayIn } from './today.ts'

const options = {
  lang: { type: 'string', default: 'both' },
  folder: { type: 'string' },
  on: { type: 'string' },
  page: { type: 'string' },
} as const

export const describe: Command = async ({ args, config }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [name] = positionals
  const asked = values.lang === 'both' ? languages : languages.filter((language) => language === values.lang)
  const day = dayNumber(values.on ?? todayIn(config.timeZone))
  if (name === undefined || positionals.length > 1) throw new Error('Which programme or formula? / أي برنامج أو معادلة؟')
  if (asked.length === 0) throw new Error('--lang: expected ar, en or both / ‎--lang: المتوقع ar أو en أو both')
  if (day === null) throw new Error('--on: expected YYYY-MM-DD / ‎--on: المتوقع YYYY-MM-DD')
  const { bundle } = shippedBundle(values.folder)
  if (!bundle) {
    tell('The files are not valid: see mizan check.', 'الملفات غير صالحة: انظر mizan check.')
    return 1
  }
  const sections = describer(bundle, name, day)
  if (!sections) {
    const known = [...bundle.programmes, ...bundle.formulas].map((one) => ('id' in one ? one.id : one.ref.id)).join(', ')
    tell(`There is no ${name}; there are: ${known}`, `لا يوجد ${name}؛ والموجود: ${known}`)
    return 1
  }
  if (values.page === undefined) for (const language of asked) process.stdout.write(`${textOf(sections(language))}\n`)
  else {
    const stamp = `${name} · ${isoOfDay(day)} · ${bundle.hash}`
    writeFileSync(values.page, descriptionPage(asked.map((language) => ({ language, sections: sections(language), stamp }))))
    tell(`Written to ${values.page}.`, `كُتب في ${values.page}.`)
  }
  return 0
}

function describer(bundle: Bundle, name: string, day: number): ((language: Language) => readonly PlainSection[]) | null {
  const programme = programmeOf(bundle, name)
  if (programme) return (language) => describeProgramme(bundle, programme, day, language)
  const formula = bundle.formulas.find(({ ref }) => ref.id === name)
  return formula ? (language) => describeFormula(bundle, formula.formula, day, language) : null
}
