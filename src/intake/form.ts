/** The unified intake form: its JSON Schema as it is published, and as the route validates it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../kernel/project-root.ts'

export const FORM_VERSION = 1

/** What the service itself reads of an application; everything else is answers. */
export interface Application {
  readonly formVersion: number
  readonly applicant: { readonly nationalId: string; readonly [answer: string]: unknown }
  readonly members?: readonly { readonly nationalId: string; readonly [answer: string]: unknown }[]
  readonly [answer: string]: unknown
}

type Schema = Readonly<Record<string, unknown>>

export const intakeForm: Schema = JSON.parse(
  readFileSync(join(projectRoot, 'src/intake/forms', `intake-${FORM_VERSION}.json`), 'utf8'),
) as Schema

/** Keywords of ours in the form: labels, code lists and units for whoever draws it. */
export const formKeywords = ['x-label', 'x-codes', 'x-unit'] as const

/** The form with its references put in and without names of its own, so that it can stand inside the API's description. */
export function applicationSchema(): Schema {
  const definitions = intakeForm['$defs'] as Readonly<Record<string, unknown>>
  const inline = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inline)
    if (typeof node !== 'object' || node === null) return node
    const { $ref, ...rest } = node as { $ref?: string }
    const target = $ref === undefined ? {} : (inline(definitions[$ref.replace('#/$defs/', '')]) as object)
    return { ...target, ...Object.fromEntries(Object.entries(rest).map(([key, child]) => [key, inline(child)])) }
  }
  const ofItsOwn = new Set(['$schema', '$id', '$defs'])
  return inline(Object.fromEntries(Object.entries(intakeForm).filter(([key]) => !ofItsOwn.has(key)))) as Schema
}
