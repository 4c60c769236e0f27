/**
 * SHA-256 of four messages of one block at a time, as a small WebAssembly module that is put together here: the tie-break hashes a million
 * references a run, and one call of the library for each takes ten times as long. Held against the library by a property test.
 * Only the first 64 bits of each digest come out. FIPS 180-4 names what the letters stand for.
 */

/** What is used of it; the compiler knows it only of browsers. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly digest: () => void }
  }
}

/** Where the module reads and writes in its memory, in bytes; the words of the four messages lie beside each other. */
const MESSAGES = 0
const DIGESTS = 256
const CONSTANTS = 512
const INITIAL = 768

/** The fractional parts of the cube roots of the first 64 primes, and of the square roots of the first eight. */
const K = `428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2`
const H = '6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19'
const wordsIn = (text: string): Uint32Array => Uint32Array.from(text.split(/\s+/), (word) => Number.parseInt(word, 16))

export const LANES = 4
export const BLOCK_WORDS = 16
const ROUNDS = 64

export interface Sha256Lanes {
  /** Word `w` of message `lane` at `w * LANES + lane`; stays as it is. */
  readonly messages: Uint32Array
  /** After `digest`: the first words of the four digests, and behind them the second ones. */
  readonly digests: Uint32Array
  readonly digest: () => void
}

/** Null where the processor or the platform has no vectors in WebAssembly. */
export function openSha256Lanes(): Sha256Lanes | null {
  const bytes = moduleBytes()
  if (!WebAssembly.validate(bytes)) return null
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { memory, digest } = exports
  const { buffer } = memory
  new Uint32Array(buffer, CONSTANTS).set(wordsIn(K))
  new Uint32Array(buffer, INITIAL).set(wordsIn(H))
  return {
    messages: new Uint32Array(buffer, MESSAGES, BLOCK_WORDS * LANES),
    digests: new Uint32Array(buffer, DIGESTS, 2 * LANES),
    digest,
  }
}

type Code = readonly number[]

/** Local variables: a counter, then vectors: the working variables a to h, and the sixteen words of the schedule at hand. */
const ROUND = 0
const STATE = 1
const SCHEDULE = 9
const VECTORS = 24

const [I32, V128, EMPTY] = [0x7f, 0x7b, 0x40]
const unsigned = (value: number): Code => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)])
const signed = (value: number): Code => (value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)])
const sized = (code: Code): Code => [...unsigned(code.length), ...code]
const get = (local: number): Code => [0x20, local]
const set = (code: Code, local: number): Code => [...code, 0x21, local]
const integer = (value: number): Code => [0x41, ...signed(value)]
const vector = (...operation: Code): Code => [0xfd, ...operation]
/** Vectors lie on their own length, words on theirs. */
const load = (offset: number): Code => [...integer(0), ...vector(0x00, 4, ...unsigned(offset))]
const store = (value: Code, offset: number): Code => [...integer(0), ...value, ...vector(0x0b, 4, ...unsigned(offset))]
const splat = (address: Code, offset: number): Code => [...address, ...vector(0x09, 2, ...unsigned(offset))]
const add = (...terms: readonly Code[]): Code => terms.reduce((sum, term) => [...sum, ...term, ...vector(0xae, 0x01)])
const xor = (...terms: readonly Code[]): Code => terms.reduce((sum, term) => [...sum, ...term, ...vector(0x51)])
/** Bits of `one` where `where` has them set, of `other` elsewhere. */
const select = (one: Code, other: Code, where: Code): Code => [...one, ...other, ...where, ...vector(0x52)]
const shiftRight = (x: Code, bits: number): Code => [...x, ...integer(bits), ...vector(0xad, 0x01)]
const shiftLeft = (x: Code, bits: number): Code => [...x, ...integer(bits), ...vector(0xab, 0x01)]
const rotate = (x: Code, bits: number): Code => [...shiftRight(x, bits), ...shiftLeft(x, 32 - bits), ...vector(0x50)]

const rotations = (x: Code, ...bits: readonly number[]): Code => xor(...bits.map((by) => rotate(x, by)))
const sigma = (x: Code, one: number, other: number, shift: number): Code => xor(rotate(x, one), rotate(x, other), shiftRight(x, shift))
const word = (at: number): number => SCHEDULE + (at % BLOCK_WORDS)

/** Instead of moving the eight variables one on, each round names them one on. */
function round(at: number): Code {
  const variable = (place: number): number => STATE + ((((place - at) % 8) + 8) % 8)
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(variable) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const constant = splat(get(ROUND), CONSTANTS + 4 * at)
  const choice = select(get(f), get(g), get(e))
  const majority = select(get(c), get(a), xor(get(a), get(b)))
  return [
    ...set(add(get(h), get(word(at)), constant, rotations(get(e), 6, 11, 25), choice), h),
    ...set(add(get(d), get(h)), d),
    ...set(add(get(h), rotations(get(a), 2, 13, 22), majority), h),
  ]
}

const schedule = (at: number): Code =>
  set(add(get(word(at)), sigma(get(word(at + 1)), 7, 18, 3), get(word(at + 9)), sigma(get(word(at + 14)), 17, 19, 10)), word(at))

/** `block loop`, and `br 0 end end`. */
const BLOCK_OF_LOOP: Code = [0x02, EMPTY, 0x03, EMPTY]
const AGAIN_AND_END: Code = [0x0c, 0, 0x0b, 0x0b]
/** The counter goes from constant to constant: `i32.add local.tee`, then `i32.eq br_if 1`. */
const leaveBehindLast: Code = [...get(ROUND), ...integer(4 * BLOCK_WORDS), 0x6a, 0x22, ROUND, ...integer(4 * ROUNDS), 0x46, 0x0d, 1]

/** Four times sixteen rounds: all 64 written out would take the compiler longer than they save. */
function digestBody(): Code {
  const places = Array.from({ length: BLOCK_WORDS }, (_, at) => at)
  const initial = (place: number): Code => splat(integer(0), INITIAL + 4 * place)
  return [
    ...places.flatMap((at) => set(load(MESSAGES + 16 * at), SCHEDULE + at)),
    ...places.slice(0, 8).flatMap((place) => set(initial(place), STATE + place)),
    ...BLOCK_OF_LOOP,
    ...places.flatMap(round),
    ...leaveBehindLast,
    ...places.flatMap(schedule),
    ...AGAIN_AND_END,
    ...store(add(get(STATE), initial(0)), DIGESTS),
    ...store(add(get(STATE + 1), initial(1)), DIGESTS + 16),
    0x0b,
  ]
}

/** The first bytes of every module, and version 1. */
const MAGIC: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: Code): Code => [id, ...sized(content)]
  const name = (text: string): Code => sized([...Buffer.from(text)])
  const locals = [2, 1, I32, VECTORS, V128]
  return Uint8Array.from([
    ...MAGIC,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('digest'), 0, 0]),
    ...section(10, [1, ...sized([...locals, ...digestBody()])]),
  ])
}
