/** A request fitted on stored rows by the texts of one set of versions: the exact result, or every fault of the request. */
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { compileBundle, type NumberedText } from '../../programmes/compile-bundle.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'
import { fitFormula, type FitProgress, type FittedFormula } from '../fit/fit-formula.ts'
import { parseSample } from '../fit/parse-sample.ts'
import type { SampleColumns } from '../fit/sample-columns.ts'
import { storedColumns } from '../reference/read-upload.ts'
import { SYNTHETIC_STAMP } from '../reference/synthetic-stamp.ts'
import { piecesText } from '../reference/text-pieces.ts'

export interface FitTask {
  readonly texts: readonly NumberedText[]
  /** The sample's rows, gzipped, and what was declared of them. */
  readonly pieces: readonly Uint8Array[]
  readonly columns: SampleColumns
  readonly rows: number
  readonly synthetic: boolean
  readonly request: unknown
}

/** What a fit came to, apart from who asked. */
export interface FitResult extends FittedFormula {
  readonly synthetic: boolean
  readonly warnings: readonly Diagnostic[]
}

/** `result` is canonical JSON of a `FitResult`. */
export type FitAnswer = { readonly result: string } | { readonly errors: readonly Diagnostic[] }

export function fitStored(task: FitTask, onProgress: FitProgress): FitAnswer {
  onProgress('read', 0, 1)
  const { bundle, diagnostics } = compileBundle(task.texts)
  if (!bundle) throw new Error(`the stored versions do not compile: ${diagnostics[0]?.pointer}`)
  const space = bundle.catalogue.household
  const columns = storedColumns(task.columns)
  // No term can read a fact that the catalogue no longer has.
  const known = Object.fromEntries(Object.entries(columns.facts).filter(([id]) => space.slot(id) !== undefined))
  const read = parseSample(piecesText(task.pieces), { ...columns, facts: known }, space)
  if (!read.sample || read.sample.rows !== task.rows) return { errors: [outdated(task.rows - (read.sample?.rows ?? 0))] }
  const fit = fitFormula(task.request, read.sample, bundle.definitions, onProgress)
  const placed = fit.diagnostics.map((found) => ({ ...found, pointer: `/request${found.pointer}` }))
  if (!fit.fitted) return { errors: placed }
  const { draft, ...fitted } = fit.fitted
  const result: FitResult = {
    ...fitted,
    draft: task.synthetic ? stamped(draft) : draft,
    synthetic: task.synthetic,
    warnings: placed,
  }
  // What is not a number is nothing, in JSON.
  return { result: canonicalJson(JSON.parse(JSON.stringify(result))) }
}

const outdated = (rows: number): Diagnostic =>
  fitFinding('sample-outdated', '/sample', `${rows} rows of the sample cannot be read under the catalogue of today`, {
    hint: 'declare a sample anew and send the file again',
  })

/** A draft travels without its result. */
function stamped(draft: FittedFormula['draft']): FittedFormula['draft'] {
  const { en = '', ar = '' } = draft.description ?? {}
  const description = {
    en: [en, SYNTHETIC_STAMP.en].filter(Boolean).join(' '),
    ar: [ar, SYNTHETIC_STAMP.ar].filter(Boolean).join(' '),
  }
  return { ...draft, description }
}
