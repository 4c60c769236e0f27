/** The latent values of a person and household that registry columns may show: is there one, and which. */
import { codeLists } from '../shared-lists.ts'
import { type Governorate, places } from '../places.ts'
import type { LatentValue } from '../generator-schema.ts'
import { type CopyBytes, utf8 } from './copy-bytes.ts'
import { familyNames, femaleNames, maleNames } from './names.ts'
import { type Household, NONE, type Person, recordRoles } from './person.ts'
import { governorates, nationalities, tenures } from './shares.ts'
import { has } from './traits.ts'

/** Numbers and dates are taken, since the column decides how they are written; texts write themselves. */
export type Latent =
  | { readonly kind: 'number' | 'date' | 'person'; readonly take: (person: Person, household: Household) => number }
  | {
      readonly kind: 'text'
      readonly has: (person: Person) => boolean
      readonly write: (person: Person, household: Household, bytes: CopyBytes) => void
    }

const encoded = (texts: readonly string[]): Uint8Array[] => texts.map(utf8)
const male = encoded(maleNames)
const female = encoded(femaleNames)
const family = encoded(familyNames)
const filePrefix = utf8('F')
const nothing = utf8('')

type At = (person: Person, household: Household) => number

const date = (take: At): Latent => ({ kind: 'date', take })
const person = (take: At): Latent => ({ kind: 'person', take })
const number = (take: At): Latent => ({ kind: 'number', take })
const text = (of: readonly Uint8Array[], at: At, present: (person: Person) => boolean = () => true): Latent => ({
  kind: 'text',
  has: present,
  write: (p, h, bytes) => bytes.text(of[at(p, h)] ?? nothing),
})
const code = (codes: readonly string[], at: At, present?: (person: Person) => boolean): Latent => text(encoded(codes), at, present)

/** Every place of a governorate as its chain of codes, so that one number says liwa, kada and city. */
const cities = places.map((governorate) => citiesOf(governorate))
export const placesOf: readonly number[] = governorates.map((_, index) => (cities[index] ?? []).length)
const part = (length: number): Latent => {
  const codes = cities.map((of) => of.map((city) => utf8(city.slice(0, length))))
  return {
    kind: 'text',
    has: () => true,
    write: (_, h, bytes) => bytes.text((codes[h.governorate] as Uint8Array[])[h.place] as Uint8Array),
  }
}
const birthLiwas = cities.map((of) => utf8((of[0] as string).slice(0, 4)))

function citiesOf({ liwas }: Governorate): string[] {
  return liwas.flatMap(({ kadas }) => kadas.flatMap((kada) => kada.cities.map((city) => city.code)))
}

const maritalCodes = ['single', 'married', 'divorced', 'widowed'] as const
const maritalOf = (p: Person): number =>
  has(p, 'married') ? 1 : has(p, 'divorced') ? 2 : has(p, 'widowed') ? 3 : p.deathDay !== NONE && p.spouseRef !== NONE ? 1 : 0
const disabled = (p: Person): boolean => has(p, 'disabled')

export const latents: Readonly<Record<LatentValue, Latent>> = {
  birthDate: date((p) => p.birthDay),
  deathDate: date((p) => p.deathDay),
  deathRegisteredDate: date((p) => p.deathRegisteredDay),
  maritalSince: date((p) => (has(p, 'divorced') || has(p, 'widowed') ? p.marriageEndDay : p.marriageDay)),
  marriageDate: date((p) => p.marriageDay),
  firstName: { kind: 'text', has: () => true, write: (p, _, bytes) => bytes.text((p.female ? female : male)[p.firstName] as Uint8Array) },
  secondName: text(male, (p) => p.secondName),
  thirdName: text(male, (p) => p.thirdName),
  familyName: text(family, (p) => p.familyName),
  civilRecordNo: { kind: 'text', has: (p) => p.record !== NONE, write: (p, _, bytes) => bytes.numbered(nothing, p.record, 8) },
  familyFileNo: {
    kind: 'text',
    has: (p) => p.residencyFile !== NONE,
    write: (p, _, bytes) => bytes.numbered(filePrefix, p.residencyFile, 8),
  },
  fatherRef: person((p) => p.fatherRef),
  motherRef: person((p) => p.motherRef),
  spouseRef: person((p) => p.spouseRef),
  guardianRef: person((p) => p.guardianRef),
  sex: code(['M', 'F'], (p) => (p.female ? 1 : 0)),
  role: code(recordRoles, (p) => p.recordRole),
  maritalStatus: code(maritalCodes, maritalOf),
  nationality: code(nationalities, (p) => p.nationality),
  education: code(['none', 'basic', 'secondary', 'diploma', 'university'], (p) => p.education),
  schoolType: code(['public', 'private', 'unrwa'], (p) => (p.privateSchool ? 1 : p.ref % 16 === 0 ? 2 : 0)),
  governorate: code(governorates, (_, h) => h.governorate),
  liwa: part(4),
  kada: part(6),
  city: part(8),
  birthLiwa: text(birthLiwas, (p) => p.birthPlace),
  disabilityType: code(Object.keys(codeLists.get('disabilityType') ?? {}), (p) => p.disabilityType, disabled),
  disabilityDegree: code(Object.keys(codeLists.get('disabilityDegree') ?? {}), (p) => p.disabilityDegree, disabled),
  tenure: code(tenures, (_, h) => h.tenure),
  dwellingType: code(['house', 'apartment', 'shack', 'tent', 'other'], (_, h) => h.dwellingType),
  carClass: code(['private', 'freight'], (_, h) => h.carClass),
  schoolGrade: number((p) => p.schoolGrade),
  rooms: number((_, h) => h.rooms),
  carModelYear: number((_, h) => h.carYear),
  wage: number((p) => p.wage),
  pension: number((p) => p.pension),
  taxableIncome: number((p) => p.taxableIncome),
  dwellingArea: number((_, h) => h.area),
  kwh: number((_, h) => h.kwh),
  waterM3: number((_, h) => h.waterM3),
  landArea: number((_, h) => h.landArea),
  landPrice: number((_, h) => h.landPrice),
  landShare: number((_, h) => h.landShare),
  livestockYield: number((_, h) => h.livestockYield),
}
