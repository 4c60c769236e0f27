/** Six programmes of another country as our catalogue and rules, read from the JSON files beside this one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import type { Catalogue } from '../../../src/language/catalogue/catalogue.ts'
import { checkCatalogue } from '../../../src/language/catalogue/check.ts'
import type { RegistryColumn, RegistryShape } from '../../../src/language/catalogue/registry-shape.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import type { Words } from '../../../src/language/fact-space.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import type { Rule } from '../../../src/language/rule/check.ts'

export const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(join(projectRoot, 'test', 'truth', 'my-friend-ben', name), 'utf8'))

export const catalogue: Catalogue = (() => {
  const files = ['catalogue-person.json', 'catalogue-household.json'].map((name) => ({ name, json: readJson(name) }))
  const parameters = (readJson('parameters.json') as { id: string }[]).map((json) => ({ name: json.id, json }))
  const registries = (readJson('registries.json') as RegistryText[]).map(shapeOf)
  const { catalogue: checked, diagnostics } = checkCatalogue({
    files,
    parameters,
    registries,
    definitions: noDefinitions,
    codeLists: new Map(),
  })
  if (!checked) throw new Error(JSON.stringify(diagnostics, null, 1))
  return checked
})()

/** Checked rules by id. */
export const rules: ReadonlyMap<string, Rule> = new Map(
  (readJson('rules.json') as { id: string }[]).map((json) => {
    const { rule, diagnostics } = checkRule(json, { space: catalogue.household, definitions: noDefinitions })
    if (!rule) throw new Error(`${json.id}: ${JSON.stringify(diagnostics)}`)
    return [json.id, rule]
  }),
)

interface RegistryText extends Pick<RegistryShape, 'id' | 'label' | 'rowsPerPerson' | 'absence'> {
  readonly dwelling?: boolean
  readonly columns: readonly (Pick<RegistryColumn, 'name' | 'type'> & { scale?: number; unit?: string; min?: number; codes?: string[] })[]
}

function shapeOf({ columns, ...registry }: RegistryText): RegistryShape {
  return {
    dwelling: false,
    population: 'everyone',
    custodian: 'self',
    ...registry,
    columns: columns.map(({ name, type, scale, unit, min, codes }) => ({
      name,
      type,
      scale: scale ?? 0,
      unit: unit ?? null,
      codes: codes ?? null,
      codeLabels: codes ? Object.fromEntries(codes.map((code): [string, Words] => [code, { en: code, ar: code }])) : null,
      label: { en: name, ar: name },
      nonNegative: min !== undefined && min >= 0,
      protected: false,
    })),
  }
}
