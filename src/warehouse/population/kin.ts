/**
 * Lineage across households without remembering any: the households of a block are an extended family, and from the block's number
 * alone follows which of them are the parents of which. So an elder's sons live elsewhere, and brothers share a father.
 */
import { BLOCK, type Header, Kind, newHeader, readHeader } from './header.ts'
import { begin, between, newRandom, streamOf } from './random.ts'
import { maleNameCount } from './names.ts'
import { NONE, personIndex, Slot } from './person.ts'

/** Sibling sets of a block: four for each of three generations of heads. */
export const SETS = 12
/** Heads are younger than this to have parents on record. */
const oldestWithParents = 65

export interface Parents {
  /** Person indexes; NONE when not on record. */
  father: number
  mother: number
  fatherName: number
  grandfatherName: number
}

interface BlockKin {
  block: number
  readonly headers: Header[]
  /** Household of the living parents of each set, NONE when they are dead. */
  readonly elders: Int32Array
}

const generationOf = (age: number): number => (age < 35 ? 0 : age < 50 ? 1 : 2)
/** Youngest head that can be father or mother in each generation; the child's own age is checked as well. */
const elderGeneration = (age: number): number => (age < 52 ? NONE : age < 64 ? 0 : age < 76 ? 1 : 2)

const nameStream = streamOf('dead father')

/** Kin of a population of `households` under `seed`. */
export function openKin(seed: number, households: number) {
  const cache: BlockKin[] = Array.from({ length: 16 }, () => ({
    block: NONE,
    headers: Array.from({ length: BLOCK }, newHeader),
    elders: new Int32Array(SETS),
  }))
  const random = newRandom()
  const blocks = Math.max(1, Math.ceil(households / BLOCK))

  function blockKin(block: number): BlockKin {
    const kin = cache[block % cache.length] as BlockKin
    if (kin.block === block) return kin
    kin.block = block
    kin.elders.fill(NONE)
    const filled = [0, 0, 0]
    const end = Math.min(households - block * BLOCK, BLOCK)
    for (let i = 0; i < end; i++) {
      const header = readHeader(seed, block * BLOCK + i, kin.headers[i] as Header)
      const generation = elderGeneration(header.headAge)
      const suits =
        header.jordanian &&
        generation !== NONE &&
        (header.kind === Kind.couple || header.kind === Kind.widow || header.kind === Kind.widower)
      if (suits && (filled[generation] as number) < 4) kin.elders[generation * 4 + (filled[generation] as number)++] = i
    }
    return kin
  }

  /** The parents of someone of that age who belongs to a set of a block; `own` is the household that asks, never its own parent. */
  function parentsOf(block: number, sibling: number, age: number, own: number, parents: Parents): void {
    parents.father = NONE
    parents.mother = NONE
    if (age >= oldestWithParents) return
    const kin = blockKin(block)
    const set = generationOf(age) * 4 + sibling
    const at = kin.elders[set] as number
    const elder = at === NONE ? undefined : kin.headers[at]
    const home = block * BLOCK + at
    if (elder !== undefined && home !== own && elder.headAge >= age + 20 && (elder.kind !== Kind.couple || elder.spouseAge >= age + 16)) {
      const female = elder.headFemale
      parents.father = personIndex(home, female ? Slot.deadPartner : Slot.head)
      parents.mother = personIndex(home, female ? Slot.head : elder.kind === Kind.couple ? Slot.spouse : Slot.deadPartner)
      parents.fatherName = female ? elder.spouseName : elder.headName
      parents.grandfatherName = elder.headSecondName
      return
    }
    const grave = block * BLOCK + set
    if (grave >= households) return
    parents.father = personIndex(grave, Slot.deadFather)
    parents.mother = personIndex(grave, Slot.deadMother)
    parents.fatherName = deadFatherName(grave)
    parents.grandfatherName = (parents.fatherName * 7 + set) % maleNameCount
  }

  /** First name of the dead father whom the sibling set led by this household shares. */
  function deadFatherName(household: number): number {
    return between(begin(random, seed, household, nameStream), 0, maleNameCount - 1)
  }

  /** A household near by whose head could be the former husband of a woman of that age; NONE when the block has none. */
  function formerHusband(block: number, age: number): number {
    const kin = blockKin(block)
    const end = Math.min(households - block * BLOCK, BLOCK)
    for (let i = 0; i < end; i++) {
      const { jordanian, kind, headAge } = kin.headers[i] as Header
      const suits = jordanian && (kind === Kind.couple || kind === Kind.manAlone) && headAge >= age - 3 && headAge <= age + 14
      if (suits) return block * BLOCK + i
    }
    return NONE
  }

  const headerOf = (household: number): Header => blockKin(Math.floor(household / BLOCK)).headers[household % BLOCK] as Header

  return { blocks, headerOf, parentsOf, formerHusband, deadFatherName }
}

export type Kin = ReturnType<typeof openKin>
