/**
 * What the households of a synthetic population would answer to questions that only applicants are asked: invented from their true welfare, since no
 * registry knows it. The better off own more. Every share is assumed; nothing that follows from them says anything about a real country.
 */
import { createHash } from 'node:crypto'

export interface Answering {
  /** Of the sample: other words draw other answers. */
  readonly seed: string
  readonly household: number
  /** True welfare among all households: 0 the poorest, 1 the richest. */
  readonly percentile: number
  readonly size: number
}

/** Shares of the poorest and of the richest household; between them a straight line. */
type Line = readonly [poorest: number, richest: number]

const at = ([poorest, richest]: Line, percentile: number): number => poorest + (richest - poorest) * percentile

type Question = (draw: (part: string) => number, asked: Answering) => string

const owns =
  (line: Line): Question =>
  (draw, { percentile }) =>
    String(draw('') < at(line, percentile))

/** The first code whose share, added to those before it, exceeds the draw; the last where none does. */
const oneOf =
  (codes: readonly (readonly [code: string, line: Line])[]): Question =>
  (draw, { percentile }) => {
    const drawn = draw('')
    let sum = 0
    for (const [code, line] of codes) {
      sum += at(line, percentile)
      if (drawn < sum) return code
    }
    return codes.at(-1)?.[0] ?? ''
  }

const WORKERS_MAX = 3
const WORKS: Line = [0.35, 0.65]

/** By fact: the questions of the Jordan poverty scorecard of 2010 that no registry answers. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  workingMembers: (draw, { percentile, size }) =>
    String(
      Array.from({ length: Math.min(size, WORKERS_MAX) }, (_, n) => draw(`${n}`)).filter((drawn) => drawn < at(WORKS, percentile)).length,
    ),
  anyProfessional: owns([0.05, 0.55]),
  hasGasStoveWithOven: owns([0.6, 0.98]),
  hasVacuumCleaner: owns([0.15, 0.9]),
  hasAirConditioner: owns([0.02, 0.6]),
  computerAndInternet: oneOf([
    ['none', [0.8, 0.15]],
    ['computerOnly', [0.15, 0.25]],
    ['computerAndInternet', [0.05, 0.6]],
  ]),
  telephones: oneOf([
    ['none', [0.08, 0.005]],
    ['oneMobile', [0.5, 0.095]],
    ['landlineOnly', [0.05, 0.02]],
    ['landlineAndOneMobile', [0.07, 0.1]],
    ['twoOrMoreMobiles', [0.25, 0.4]],
    ['landlineAndTwoOrMoreMobiles', [0.05, 0.38]],
  ]),
}

/** Facts that can be answered so. */
export const ASSUMED_FACTS: readonly string[] = Object.keys(QUESTIONS)

/** As a cell of a sample; the same for the same seed, household and welfare. */
export function assumedAnswer(fact: string, asked: Answering): string {
  const question = QUESTIONS[fact]
  if (!question) throw new RangeError(`nothing is assumed of ${fact}`)
  return question((part) => drawn(`${asked.seed} ${fact} ${part} ${asked.household}`), asked)
}

const BYTES = 6

/** From 0 to below 1, in steps that a double holds. */
const drawn = (text: string): number => createHash('sha256').update(text).digest().readUIntBE(0, BYTES) / 2 ** (8 * BYTES)
