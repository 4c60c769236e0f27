/** The shipped catalogue's household facts as a fact space: only their types, so that these tests need no other part of the catalogue. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { type FactSpace, type FactType, factSpace } from '../../../src/language/fact-space.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- test files, whose shape the tests themselves check
export const readJson = (...path: string[]): any => JSON.parse(readFileSync(join(projectRoot, ...path), 'utf8'))

export function householdSpace(): FactSpace {
  const folder = join(projectRoot, 'rules', 'catalogue')
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const lists = readJson('rules', 'catalogue', 'code-lists.json')
  const facts = files.map((name) => readJson('rules', 'catalogue', name)).flatMap((file) => (file.entity === 'household' ? file.facts : []))
  return factSpace(
    'household',
    facts.map((fact): FactType => {
      const labels = typeof fact.codes === 'string' ? lists[fact.codes] : (fact.codes ?? null)
      return {
        id: fact.id,
        type: fact.type,
        scale: fact.scale ?? 0,
        unit: fact.unit ?? null,
        codes: labels ? Object.keys(labels) : null,
        codeLabels: labels,
        label: fact.label,
        protected: fact.protected ?? false,
      }
    }),
  )
}
