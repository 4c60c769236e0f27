/** All programmes together: an order in which each is judged after those whose outcome it reads, and precedence in selection. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import { didYouMean } from '../nearest.ts'
import type { ProgrammeSource } from './schema.ts'

export interface ProgrammeLinks {
  readonly id: string
  /** Programmes whose status this one's rule, tiers or benefit read, directly or through derived facts. */
  readonly reads: readonly string[]
}

export interface ProgrammeOrder {
  /** Every programme after those it reads; absent when there is an error. */
  readonly order?: readonly string[]
  /** Pointers begin with the programme's id: `/<programme>/...`. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Sorts programmes by what they read, keeping the given order among the independent; circles are errors. */
export function dependencyOrder(programmes: readonly ProgrammeLinks[]): ProgrammeOrder {
  const links = new Map(programmes.map((programme) => [programme.id, programme.reads]))
  const diagnostics = programmes.flatMap(({ id, reads }) =>
    reads.filter((other) => !links.has(other)).map((other) => unknownProgramme(id, other, [...links.keys()], '/rule')),
  )
  const order: string[] = []
  const open: string[] = []
  const visit = (id: string): void => {
    if (order.includes(id) || diagnostics.some((d) => d.code === 'programme-cyclic')) return
    if (open.includes(id)) {
      const circle = [...open.slice(open.indexOf(id)), id].join(' → ')
      diagnostics.push(finding('programme-cyclic', `/${id}/rule`, `programmes depend on one another in a circle: ${circle}`))
      return
    }
    open.push(id)
    for (const other of links.get(id) ?? []) if (links.has(other)) visit(other)
    open.pop()
    order.push(id)
  }
  for (const { id } of programmes) visit(id)
  return diagnostics.length > 0 ? { diagnostics } : { order, diagnostics }
}

/** What no programme can know by itself: repeated ids and precedences, exclusions of programmes that are taken later. */
export function setProblems(programmes: readonly ProgrammeSource[]): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const precedences = new Map<number, string>()
  const byId = new Map<string, ProgrammeSource>()
  for (const programme of programmes) {
    const { id, targeting } = programme
    if (byId.has(id)) found.push(finding('programme-repeats', `/${id}`, `there are two programmes ${quote(id)}`))
    const other = precedences.get(targeting.precedence)
    if (other !== undefined)
      found.push(finding('precedence-repeats', `/${id}/targeting/precedence`, `${quote(other)} has precedence ${targeting.precedence} too`))
    precedences.set(targeting.precedence, id)
    byId.set(id, programme)
  }
  for (const { id, targeting } of programmes) {
    targeting.exclusions?.forEach((exclusion, index) => {
      const pointer = `/${id}/targeting/exclusions/${index}/programme`
      const other = byId.get(exclusion.programme)
      if (!other) found.push(unknownProgramme(id, exclusion.programme, [...byId.keys()], `/targeting/exclusions/${index}/programme`))
      else if (exclusion.when === 'selected' && other.targeting.precedence >= targeting.precedence) {
        found.push(
          finding('precedence-order', pointer, `${quote(exclusion.programme)} is taken after ${quote(id)}`, {
            hint: 'exclude only programmes of a smaller precedence',
          }),
        )
      }
    })
  }
  return found
}

const unknownProgramme = (id: string, other: string, names: readonly string[], where: string): Diagnostic =>
  finding('programme-unknown', `/${id}${where}`, `there is no programme ${quote(other)}`, { hint: didYouMean(other, names) })
