/** A candidate term, checked by the project's own check of terms; its columns and, once there are coefficients, its part of the draft. */
import Type from 'typebox'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { FactType } from '../../language/fact-space.ts'
import { checkTerm } from '../../language/formula/check-term.ts'
import { newReport } from '../../language/formula/formula-diagnostics.ts'
import type { Term } from '../../language/formula/formula.ts'
import type { TermJson } from '../../language/formula/schema.ts'
import type { FormulaContext } from '../../language/formula/check.ts'
import { shapeDiagnostics } from '../../language/shape.ts'
import { type CodeGroup, codeGroups } from './code-groups.ts'
import { fitFinding } from './fit-diagnostics.ts'
import { type BandsCandidate, type CandidateTerm, type CategoriesCandidate, candidateSchemas, type LinearCandidate } from './fit-request.ts'
import type { ReferenceSample } from './reference-sample.ts'

export interface FitTerm {
  readonly candidate: CandidateTerm
  /** Checked with points that stand in for those to be found: slots, scale, clamp, limits and codes are final. */
  readonly term: Term
  /** Names of its levels, of which the one at `base` has no points; null for a linear term, which has one column. */
  readonly levels: readonly string[] | null
  readonly base: number
  /** Level by code, for categories. */
  readonly levelOfCode: readonly number[]
  /** The term of the draft, from the points by level (or the one weight). */
  readonly json: (points: readonly number[], unknown: TermJson['unknown']) => TermJson
}

/** The term, or undefined with every error in `out`. */
export function checkCandidate(
  json: unknown,
  pointer: string,
  sample: ReferenceSample,
  { definitions }: Pick<FormulaContext, 'definitions'>,
  out: Diagnostic[],
): FitTerm | undefined {
  const shape = shapeOf(json, pointer)
  out.push(...shape)
  if (shape.length > 0) return undefined
  const candidate = json as CandidateTerm
  if (candidate.id === 'intercept')
    out.push(fitFinding('fit-term-id', at(pointer, 'id'), '`intercept` is the name of the constant', { hint: 'choose another id' }))
  const before = out.length
  const parts = partsOf(candidate, pointer, sample, out)
  if (!parts || out.length > before) return undefined
  const report = newReport()
  const points = parts.levels?.map((_, level) => level) ?? [1]
  const term = checkTerm(parts.json(points, 'undetermined'), pointer, { space: sample.space, definitions, out: report })
  // The request writes limits where a formula writes bands.
  out.push(...report.list.map((found) => ({ ...found, pointer: found.pointer.replace(/\/bands\/(\d+)\/below$/, '/limits/$1') })))
  return term && { candidate, term, ...parts }
}

function shapeOf(json: unknown, pointer: string): Diagnostic[] {
  const kinds = Type.Object({ kind: KindSchema })
  if (typeof json !== 'object' || json === null) return shapeDiagnostics(kinds, json, pointer)
  if (!('kind' in json)) return shapeDiagnostics(kinds, {}, pointer)
  const kind = shapeDiagnostics(KindSchema, json.kind, at(pointer, 'kind'))
  return kind.length > 0 ? kind : shapeDiagnostics(candidateSchemas[json.kind as CandidateTerm['kind']], json, pointer)
}

const KindSchema = Type.Enum(Object.keys(candidateSchemas))

type Parts = Omit<FitTerm, 'candidate' | 'term'>

function partsOf(candidate: CandidateTerm, pointer: string, sample: ReferenceSample, out: Diagnostic[]): Parts | undefined {
  const { id, citation, label } = candidate
  const common = { id, ...(label ? { label } : {}), ...(citation === undefined ? {} : { citation }) }
  if (candidate.kind === 'conditional') {
    const { when, label } = candidate
    const json: FitTerm['json'] = (points, unknown) => ({ ...common, label, when, points: points[1] ?? 0, else: points[0] ?? 0, unknown })
    return { levels: ['no', 'yes'], base: 0, levelOfCode: [], json }
  }
  const type = sample.space.types[sample.space.slot(candidate.fact) ?? -1]
  const fact = { ...common, fact: candidate.fact }
  if (candidate.kind === 'linear') return linear(candidate, fact, type, pointer, sample, out)
  if (candidate.kind === 'bands') return bands(candidate, fact, pointer, out)
  return categories(candidate, fact, type, pointer, out)
}

type Common = Pick<Extract<TermJson, { fact: string }>, 'id' | 'fact' | 'label' | 'citation'>

function linear(
  candidate: LinearCandidate,
  common: Common,
  type: FactType | undefined,
  pointer: string,
  sample: ReferenceSample,
  out: Diagnostic[],
): Parts | undefined {
  const clamp = candidate.clamp ?? observed(sample.facts.get(candidate.fact), type)
  const [low, high] = clamp
  if (candidate.clamp === undefined && low >= high) {
    const message = low === high ? `${candidate.fact} is ${low} in all rows that know it` : `no row knows ${candidate.fact}`
    out.push(fitFinding('fit-fact-constant', at(pointer, 'fact'), message, { hint: 'leave the term out' }))
    return undefined
  }
  const { transform } = candidate
  const transformed = transform === undefined || transform === 'identity' ? {} : { transform }
  const json: FitTerm['json'] = ([weight = 0], unknown) => ({ ...common, weight, ...transformed, clamp, unknown })
  return { levels: null, base: 0, levelOfCode: [], json }
}

/** Least and greatest value of the sample; a fact that is unknown to the space or the sample is reported elsewhere. */
function observed(values: Float64Array | undefined, type: FactType | undefined): [number, number] {
  if (!values || !type) return [1, 2]
  const unit = 10 ** type.scale
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low / unit, high / unit]
}

function bands({ limits, base = 0 }: BandsCandidate, common: Common, pointer: string, out: Diagnostic[]): Parts {
  if (base > limits.length)
    out.push(fitFinding('fit-base', at(pointer, 'base'), `there is no band ${base}`, { expected: `0 to ${limits.length}` }))
  const levels = [
    `below ${limits[0]}`,
    ...limits.slice(1).map((limit, i) => `${limits[i]} to below ${limit}`),
    `${limits.at(-1)} and above`,
  ]
  const json: FitTerm['json'] = (points, unknown) => ({
    ...common,
    bands: limits.map((below, i) => ({ below, points: points[i] ?? 0 })),
    otherwise: points[limits.length] ?? 0,
    unknown,
  })
  return { levels, base, levelOfCode: [], json }
}

function categories(
  candidate: CategoriesCandidate,
  common: Common,
  type: FactType | undefined,
  pointer: string,
  out: Diagnostic[],
): Parts | undefined {
  const codes = type?.codes ?? []
  const groups: readonly CodeGroup[] = codeGroups(codes, candidate.groups ?? [], at(pointer, 'groups'), out)
  const base = groups.findIndex((group) => group.codes.includes(candidate.base))
  if (type?.codes && base < 0) {
    const message = `${quote(candidate.base)} is not a code of ${type.id}`
    out.push(fitFinding('fit-base', at(pointer, 'base'), message, { expected: codes.join(', ') }))
  }
  const levelOfCode = codes.map((code) => groups.findIndex((group) => group.codes.includes(code)))
  const json: FitTerm['json'] = (points, unknown) => ({
    ...common,
    points: Object.fromEntries(codes.map((code, i) => [code, points[levelOfCode[i] as number] ?? 0])),
    unknown,
  })
  return { levels: groups.map(({ name }) => name), base: Math.max(base, 0), levelOfCode, json }
}
