/** Reads the shipped policy files as plain JSON for the tests of their content. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { findings } from '../../src/language/catalogue/diagnostics.ts'
import { checkHeader, type CodeLists, type FactHeader } from '../../src/language/catalogue/fact-header.ts'
import type { Words } from '../../src/language/fact-space.ts'

export { projectRoot as root }

export const programmeIds = ['unified-cash-transfer', 'monthly-payment', 'health-insurance', 'energy-support', 'housing', 'pwd-rehabilitation', 'in-kind']

export interface File<T> {
  readonly name: string
  readonly text: string
  readonly json: T
}

/** The JSON file at a path of the project, or all JSON files of a folder. */
export function content<T = unknown>(path: string): File<T>[] {
  const full = join(projectRoot, path)
  const names = statSync(full).isDirectory() ? readdirSync(full).filter((name) => name.endsWith('.json')).map((name) => `${path}/${name}`) : [path]
  return names.toSorted().map((name) => {
    const text = readFileSync(join(projectRoot, name), 'utf8')
    return { name, text, json: JSON.parse(text) as T }
  })
}

export const codeLists: CodeLists = new Map(Object.entries(content<Record<string, Record<string, Words>>>('rules/catalogue/code-lists.json')[0]!.json))

export interface FactText {
  readonly id: string
  readonly type: string
  readonly unit?: string
  readonly codes?: string
  readonly label: Words
  readonly custodian: string
  readonly correctable: boolean
  readonly protected: boolean
  readonly definition: Readonly<Record<string, unknown>>
  readonly entity: 'household' | 'person'
  readonly file: string
}

export const catalogueFiles = content<{ entity: 'household' | 'person'; facts: Omit<FactText, 'entity' | 'file'>[] }>('rules/catalogue').filter(({ name }) => !name.endsWith('code-lists.json'))

export const facts: readonly FactText[] = catalogueFiles.flatMap(({ name, json }) => json.facts.map((fact) => ({ ...fact, entity: json.entity, file: name })))

/** The facts' headers; a finding fails the test. */
export function catalogueHeaders(t: { same: (a: unknown, b: unknown, message: string) => unknown }): FactHeader[] {
  const out = findings()
  const headers = facts.flatMap(({ entity, file, ...fact }) => checkHeader(fact, entity, codeLists, out, `${file}/${fact.id}`) ?? [])
  t.same(out.list, [], 'the headers of the catalogue check')
  return headers
}
