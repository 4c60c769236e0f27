/** Families whose story and numbers are fixed, for the tutorial and for trying things out; all synthetic, like everybody else here. */
import type { Words } from '../../language/fact-space.ts'
import type { Trait } from './traits.ts'

export interface FamilyMember {
  readonly as: 'head' | 'spouse' | 'child' | 'parent'
  readonly age: number
  readonly female?: true
  readonly status: 'single' | 'married' | 'divorced' | 'widowed'
  readonly traits?: readonly Trait[]
  /** JOD a month. */
  readonly wage?: number
  readonly pension?: number
  readonly amountsUnknown?: true
  readonly nonJordanian?: true
  /** Died that many days ago, as the civil register knows. */
  readonly diedDaysAgo?: number
  /** Nine digits after the zero of a number that CSPD has replaced. */
  readonly oldNumber?: number
  /** Stands on another family's booklet (in its place, or as well) as a child; or on none. */
  readonly booklet?: { readonly of: number } | { readonly alsoOf: number } | 'none'
  /** The child's father, or the head's parents or former husband, is the head of that family. */
  readonly fatherIn?: number
  readonly parentsIn?: number
  readonly formerHusbandIn?: number
}

export interface DemonstrationFamily {
  /** Numbers are 0000000101 for the first member of family 1, and so on. */
  readonly id: number
  readonly about: Words
  readonly governorate: number
  readonly percentile: number
  readonly members: readonly FamilyMember[]
  readonly home?: { readonly tenure?: number; readonly rooms?: number; readonly carAge?: number; readonly kwh?: number }
}

const bills: readonly Trait[] = ['electricitySubscriber', 'waterSubscriber']
const pupil = (age: number, female?: true): FamilyMember => ({
  as: 'child',
  age,
  ...(female && { female }),
  status: 'single',
  traits: age > 5 ? ['schoolStudent'] : [],
})

export const demonstrationFamilies: readonly DemonstrationFamily[] = [
  {
    id: 1,
    about: {
      en: 'A poor widow with four children in a rented home; 0000000102 is her late husband',
      ar: 'أرملة فقيرة تعيل أربعة أبناء في منزل مستأجر، والرقم 0000000102 لزوجها المتوفى',
    },
    governorate: 5,
    percentile: 0.04,
    members: [
      { as: 'head', age: 39, female: true, status: 'widowed', traits: bills },
      { as: 'spouse', age: 45, status: 'married', diedDaysAgo: 1_400 },
      ...[pupil(15), pupil(12, true), pupil(9), pupil(6, true)].map((child): FamilyMember => ({
        ...child,
        traits: ['schoolStudent', 'orphan'],
      })),
    ],
    home: { tenure: 1, rooms: 2, kwh: 165 },
  },
  {
    id: 2,
    about: { en: 'An elder and his wife, without a son anywhere', ar: 'مسن وزوجته وليس لهما ابن' },
    governorate: 8,
    percentile: 0.1,
    members: [
      { as: 'head', age: 76, status: 'married', traits: [...bills, 'chronicallyIll'] },
      { as: 'spouse', age: 70, female: true, status: 'married' },
    ],
    home: { tenure: 0, rooms: 3, kwh: 120 },
  },
  {
    id: 3,
    about: { en: 'A family whose car is two years old', ar: 'أسرة تملك سيارة عمرها سنتان' },
    governorate: 0,
    percentile: 0.33,
    members: [
      { as: 'head', age: 41, status: 'married', traits: [...bills, 'formalWorker', 'carOwner'], wage: 430, parentsIn: 14 },
      { as: 'spouse', age: 36, female: true, status: 'married' },
      pupil(11, true),
      pupil(8),
      pupil(3),
    ],
    home: { tenure: 1, rooms: 3, carAge: 2, kwh: 310 },
  },
  {
    id: 4,
    about: { en: 'A family with one member whose wages are not known', ar: 'أسرة أجور أحد أفرادها غير معروفة' },
    governorate: 2,
    percentile: 0.22,
    members: [
      { as: 'head', age: 45, status: 'married', traits: [...bills, 'formalWorker'], wage: 300, amountsUnknown: true },
      { as: 'spouse', age: 40, female: true, status: 'married', traits: ['formalWorker'], wage: 290 },
      pupil(14),
      pupil(10, true),
    ],
    home: { tenure: 1, rooms: 2, kwh: 240 },
  },
  {
    id: 5,
    about: {
      en: "A divorced mother with custody of two children who stand on their father's booklet (family 6)",
      ar: 'أم مطلقة حاضنة لطفلين مقيدين في دفتر والدهما (الأسرة 6)',
    },
    governorate: 2,
    percentile: 0.07,
    members: [
      { as: 'head', age: 34, female: true, status: 'divorced', traits: bills, formerHusbandIn: 6 },
      { as: 'child', age: 9, female: true, status: 'single', traits: ['schoolStudent', 'underCustody'], booklet: { of: 6 }, fatherIn: 6 },
      { as: 'child', age: 7, status: 'single', traits: ['schoolStudent', 'underCustody'], booklet: { of: 6 }, fatherIn: 6 },
    ],
    home: { tenure: 1, rooms: 2, kwh: 140 },
  },
  {
    id: 6,
    about: { en: 'The former husband of the mother in family 5, living alone', ar: 'طليق الأم في الأسرة 5، يقيم وحده' },
    governorate: 2,
    percentile: 0.4,
    members: [{ as: 'head', age: 40, status: 'divorced', traits: [...bills, 'formalWorker'], wage: 410 }],
  },
  {
    id: 7,
    about: { en: 'A non-Jordanian family with personal IDs', ar: 'أسرة غير أردنية تحمل أرقامًا شخصية' },
    governorate: 5,
    percentile: 0.08,
    members: [
      { as: 'head', age: 38, status: 'married', nonJordanian: true, traits: bills },
      { as: 'spouse', age: 33, female: true, status: 'married', nonJordanian: true },
      { ...pupil(9), nonJordanian: true },
      { ...pupil(4, true), nonJordanian: true },
    ],
    home: { tenure: 1, rooms: 1, kwh: 110 },
  },
  {
    id: 8,
    about: {
      en: "A couple; the husband's number replaced an older one, 0000000899",
      ar: 'زوجان، والرقم الوطني للزوج حلّ محل رقم سابق هو 0000000899',
    },
    governorate: 4,
    percentile: 0.3,
    members: [
      { as: 'head', age: 52, status: 'married', traits: [...bills, 'informalWorker'], oldNumber: 899 },
      { as: 'spouse', age: 49, female: true, status: 'married' },
    ],
    home: { tenure: 0, rooms: 3, kwh: 180 },
  },
  {
    id: 9,
    about: {
      en: 'A man who has died (0000000901) and his widow, who now heads the family',
      ar: 'رجل متوفى (0000000901) وأرملته التي أصبحت ربة الأسرة',
    },
    governorate: 6,
    percentile: 0.15,
    members: [
      { as: 'head', age: 78, status: 'married', diedDaysAgo: 240 },
      { as: 'spouse', age: 71, female: true, status: 'widowed', traits: bills },
    ],
    home: { tenure: 0, rooms: 2, kwh: 90 },
  },
  {
    id: 10,
    about: {
      en: 'A family whose son (0000001003) also stands on the booklet of family 8',
      ar: 'أسرة يظهر ابنها (0000001003) في دفتر عائلة الأسرة 8 أيضًا',
    },
    governorate: 4,
    percentile: 0.36,
    members: [
      { as: 'head', age: 50, status: 'married', traits: [...bills, 'publicWorker'], wage: 520 },
      { as: 'spouse', age: 45, female: true, status: 'married' },
      { as: 'child', age: 20, status: 'single', traits: ['jobSeeker'], booklet: { alsoOf: 8 } },
    ],
  },
  {
    id: 11,
    about: { en: 'A poor family with a severely disabled daughter', ar: 'أسرة فقيرة لديها ابنة ذات إعاقة شديدة' },
    governorate: 9,
    percentile: 0.09,
    members: [
      { as: 'head', age: 44, status: 'married', traits: [...bills, 'informalWorker'] },
      { as: 'spouse', age: 41, female: true, status: 'married' },
      { as: 'child', age: 13, female: true, status: 'single', traits: ['disabled', 'severelyDisabled'] },
      pupil(10),
    ],
    home: { tenure: 0, rooms: 2, kwh: 200 },
  },
  {
    id: 12,
    about: { en: 'A man on no booklet: known, but in no household', ar: 'رجل غير مقيد في أي دفتر عائلة: معروف، وليس في أي أسرة' },
    governorate: 10,
    percentile: 0.2,
    members: [{ as: 'head', age: 29, status: 'single', traits: ['jobSeeker'], booklet: 'none' }],
  },
  {
    id: 13,
    about: { en: 'A well-off family with a business, land and two cars', ar: 'أسرة ميسورة لديها منشأة وأراضٍ وسيارتان' },
    governorate: 0,
    percentile: 0.96,
    members: [
      {
        as: 'head',
        age: 53,
        status: 'married',
        traits: [...bills, 'selfEmployed', 'businessOwner', 'companyPartner', 'landOwner', 'carOwner', 'homeOwner'],
      },
      { as: 'spouse', age: 47, female: true, status: 'married', traits: ['publicWorker', 'carOwner'], wage: 940 },
      { as: 'child', age: 20, female: true, status: 'single', traits: ['universityStudent'] },
      pupil(16),
    ],
    home: { tenure: 0, rooms: 6, carAge: 1, kwh: 720 },
  },
  {
    id: 14,
    about: {
      en: 'An elder with a small pension, whose son in family 3 works',
      ar: 'مسن يتقاضى راتبًا تقاعديًا محدودًا وابنه في الأسرة 3 يعمل',
    },
    governorate: 0,
    percentile: 0.18,
    members: [
      { as: 'head', age: 70, status: 'married', traits: [...bills, 'pensionerSsc'], pension: 165 },
      { as: 'spouse', age: 65, female: true, status: 'married', traits: ['chronicallyIll'] },
    ],
    home: { tenure: 0, rooms: 3, kwh: 150 },
  },
  {
    id: 15,
    about: { en: 'A Jordanian man with a non-Jordanian wife, who joins his household', ar: 'أردني متزوج من غير أردنية تنضم إلى أسرته' },
    governorate: 11,
    percentile: 0.28,
    members: [
      { as: 'head', age: 35, status: 'married', traits: [...bills, 'formalWorker'], wage: 340 },
      { as: 'spouse', age: 30, female: true, status: 'married', nonJordanian: true },
      pupil(6),
    ],
    home: { tenure: 1, rooms: 2, kwh: 210 },
  },
]

/** The ten digits of a member: `0000000101` is the first of family 1. */
export const demonstrationNumber = (family: number, member: number): string => String(family * 100 + member).padStart(10, '0')
