/** Reproducible randomness: a small generator whose state is a hash of (seed, a, b), so that any part can be drawn without the parts before it. */

/** State of one stream of draws; reused to spare the garbage collector. */
export interface Random {
  s0: number
  s1: number
}

export const newRandom = (): Random => ({ s0: 1, s1: 2 })

/** Begins the stream named by (seed, a, b): `a` an integer up to 2^53 (who), `b` up to 2^32 (what for). */
export function begin(random: Random, seed: number, a: number, b: number): Random {
  const low = a | 0
  const high = Math.floor(a / 4_294_967_296) | 0
  let h = mix(seed ^ 0x9e3779b9)
  h = mix(h ^ low)
  h = mix(h + Math.imul(b, 0x85ebca6b) + high)
  random.s0 = h
  // Never both zero: the generator would stay there.
  random.s1 = mix(h ^ Math.imul(low, 0xc2b2ae35) ^ b) | 1
  return random
}

/** The next draw, in [0, 1), of 32 bits (xoroshiro64*). */
export function draw(random: Random): number {
  const { s0 } = random
  const s1 = random.s1 ^ s0
  const out = Math.imul(s0, 0x9e3779bb)
  random.s0 = ((s0 << 26) | (s0 >>> 6)) ^ s1 ^ (s1 << 9)
  random.s1 = (s1 << 13) | (s1 >>> 19)
  return (out >>> 0) / 4_294_967_296
}

export const chance = (random: Random, probability: number): boolean => draw(random) < probability

/** An integer from `from` to `to`, both included. */
export const between = (random: Random, from: number, to: number): number => from + Math.floor(draw(random) * (to - from + 1))

/** About standard normal: the sum of four draws, scaled; tails end at 3.4, which no marginal notices. */
export const bell = (random: Random): number => (draw(random) + draw(random) + draw(random) + draw(random) - 2) * 1.732_050_807_568_877_2

/** Index of a weighted choice; weights are given as a running sum that ends at 1. */
export const choose = (random: Random, cumulative: readonly number[]): number => at(cumulative, draw(random))

/** Index of the part of a running sum that `u` falls into. */
export function at(cumulative: readonly number[], u: number): number {
  let index = 0
  while (index < cumulative.length - 1 && u >= (cumulative[index] as number)) index++
  return index
}

/** Weights as the running sum that `choose` takes. */
export function cumulative(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => (sum += weight) / total)
}

/** A 32-bit hash of a name, to name a stream. */
export function streamOf(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return mix(h) >>> 0
}

function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
