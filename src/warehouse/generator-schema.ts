/** The shape of a definition's `generator`: whom the registry names in a synthetic population, and what their rows hold. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const
const pair = (of: ReturnType<typeof Type.Number> | ReturnType<typeof Type.Integer>) => Type.Array(of, { minItems: 2, maxItems: 2 })
const span = pair(Type.Integer())
const share = Type.Number({ minimum: 0 })

const ByWelfareSchema = Type.Object({ poorest: share, richest: share }, closed)

export const WhomSchema = Type.Union([
  Type.Object({ trait: Type.String() }, closed),
  Type.Object({ minAge: Type.Integer({ minimum: 0 }) }, closed),
  Type.Object({ maxAge: Type.Integer({ minimum: 0 }) }, closed),
  Type.Object({ sex: Type.Union([Type.Literal('M'), Type.Literal('F')]) }, closed),
  Type.Object({ jordanian: Type.Boolean() }, closed),
])

const plainValues = [
  Type.Object({ trait: Type.String() }, closed),
  Type.Object({ uniform: pair(Type.Number()) }, closed),
  Type.Object({ byWelfare: pair(Type.Number()), spread: Type.Optional(share) }, closed),
  Type.Object({ pick: Type.Record(Type.String(), share) }, closed),
  Type.Object({ daysAgo: span }, closed),
  Type.Object({ daysAhead: span }, closed),
  Type.Object({ yearsAgo: span }, closed),
  Type.Object({ month: Type.Literal(true) }, closed),
  Type.Object({ serial: Type.String({ maxLength: 4 }) }, closed),
  Type.Object({ constant: Type.Union([Type.String(), Type.Number(), Type.Boolean()]) }, closed),
  Type.Object({ chance: share }, closed),
] as const

export const PlainValueSchema = Type.Union([...plainValues])
export const ValueSchema = Type.Union([...plainValues, Type.Object({ null: share, else: PlainValueSchema }, closed)])

export const GeneratorSchema = Type.Object(
  {
    for: Type.Union([WhomSchema, Type.Object({ all: Type.Array(WhomSchema, { minItems: 1, maxItems: 8 }) }, closed)]),
    rate: Type.Union([share, ByWelfareSchema]),
    rows: Type.Union([
      Type.Object({ count: Type.Union([Type.Number({ minimum: 1 }), ByWelfareSchema]) }, closed),
      Type.Object({ months: Type.Integer({ minimum: 1 }), date: Type.String() }, closed),
      Type.Object({ quarters: Type.Integer({ minimum: 1 }), date: Type.String() }, closed),
    ]),
    missing: Type.Optional(share),
    columns: Type.Record(Type.String(), ValueSchema),
  },
  closed,
)

export type Whom = Type.Static<typeof WhomSchema>
export type PlainValue = Type.Static<typeof PlainValueSchema>
export type GeneratedValue = Type.Static<typeof ValueSchema>
export type Generator = Type.Static<typeof GeneratorSchema>

/** The latent values of a synthetic person or household that a column may show, with the type they have. */
export const latentValues = {
  birthDate: 'date',
  deathDate: 'date',
  deathRegisteredDate: 'date',
  maritalSince: 'date',
  marriageDate: 'date',
  firstName: 'text',
  secondName: 'text',
  thirdName: 'text',
  familyName: 'text',
  civilRecordNo: 'text',
  familyFileNo: 'text',
  fatherRef: 'person',
  motherRef: 'person',
  spouseRef: 'person',
  guardianRef: 'person',
  sex: 'category',
  role: 'category',
  maritalStatus: 'category',
  nationality: 'category',
  education: 'category',
  schoolType: 'category',
  governorate: 'category',
  liwa: 'category',
  kada: 'category',
  city: 'category',
  birthLiwa: 'category',
  disabilityType: 'category',
  disabilityDegree: 'category',
  tenure: 'category',
  dwellingType: 'category',
  carClass: 'category',
  schoolGrade: 'integer',
  rooms: 'integer',
  carModelYear: 'integer',
  wage: 'decimal',
  pension: 'decimal',
  taxableIncome: 'decimal',
  dwellingArea: 'decimal',
  kwh: 'decimal',
  waterM3: 'decimal',
  landArea: 'decimal',
  landPrice: 'decimal',
  landShare: 'decimal',
  livestockYield: 'decimal',
} as const

export type LatentValue = keyof typeof latentValues
