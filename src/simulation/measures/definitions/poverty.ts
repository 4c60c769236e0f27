/** Definitions of the measures of poverty. */
import type { MeasureDefinition } from '../measure-definition.ts'

export const povertyDefinitions: readonly MeasureDefinition[] = [
  {
    id: 'poverty-headcount',
    name: { en: 'Poverty headcount (FGT 0)', ar: 'معدل الفقر (FGT 0)' },
    definition: {
      en: 'The share of people whose welfare is strictly below the poverty line.',
      ar: 'نسبة من يقل رفاههم عن خط الفقر قطعًا، فمن كان على الخط تمامًا لا يُعدّ فقيرًا.',
    },
    unit: 'share',
    source: 'Foster, Greer & Thorbecke 1984',
    computedBy: { file: 'fgt', name: 'fgt', field: 'headcount' },
  },
  {
    id: 'poverty-gap',
    name: { en: 'Poverty gap (FGT 1)', ar: 'فجوة الفقر (FGT 1)' },
    definition: {
      en: 'The mean over all people of the distance of the poor below the line, as a share of the line, with 0 for everybody else.',
      ar: 'متوسط بُعد الفقراء عن خط الفقر منسوبًا إلى الخط، محسوبًا على السكان كلهم، وقيمته صفر لغير الفقراء.',
    },
    unit: 'share',
    source: 'Foster, Greer & Thorbecke 1984',
    computedBy: { file: 'fgt', name: 'fgt', field: 'povertyGap' },
  },
  {
    id: 'poverty-severity',
    name: { en: 'Poverty severity (FGT 2)', ar: 'شدة الفقر (FGT 2)' },
    definition: {
      en: 'The mean over all people of the squared gap, so that the poorest count the most.',
      ar: 'متوسط مربّع الفجوة محسوبًا على السكان كلهم، فيكون لأشدهم فقرًا الأثر الأكبر.',
    },
    unit: 'share',
    source: 'Foster, Greer & Thorbecke 1984',
    computedBy: { file: 'fgt', name: 'fgt', field: 'severity' },
  },
  {
    id: 'poverty-change',
    name: { en: 'Change of poverty by transfers', ar: 'تغيّر الفقر بفعل التحويلات' },
    definition: {
      en: 'Headcount, gap and severity of the same people with their transfers, less the same without them.',
      ar: 'معدل الفقر وفجوته وشدته للأشخاص أنفسهم بعد التحويلات، مطروحًا منها قيمها قبلها.',
    },
    unit: 'difference',
    source: 'Coady, Grosh & Hoddinott 2004, ch. 2',
    computedBy: { file: 'fgt-before-after', name: 'fgtBeforeAfter', field: 'change' },
  },
  {
    id: 'watts',
    name: { en: 'Watts index', ar: 'مؤشر واتس' },
    definition: {
      en: 'The mean over all people of the logarithm of the line over the welfare of the poor, with 0 for everybody else.',
      ar: 'متوسط لوغاريتم نسبة خط الفقر إلى رفاه الفقير، محسوبًا على السكان كلهم، وقيمته صفر لغير الفقراء.',
    },
    unit: 'index',
    source: 'Watts 1968; Zheng 1993',
    computedBy: { file: 'fgt', name: 'watts' },
  },
  {
    id: 'poverty-shortfall',
    name: { en: 'Poverty shortfall', ar: 'المبلغ اللازم لسد فجوة الفقر' },
    definition: {
      en: 'The money that would lift every poor person exactly to the line, were it given to the poor alone and to each what is missing.',
      ar: 'المبلغ الذي يرفع كل فقير إلى خط الفقر تمامًا لو صُرف للفقراء وحدهم ولكلٍّ منهم بقدر ما ينقصه.',
    },
    unit: 'money',
    source: 'Haughton & Khandker 2009, ch. 4',
    computedBy: { file: 'poverty-shortfall', name: 'povertyShortfall', field: 'money' },
  },
  {
    id: 'poverty-rate-of-likelihoods',
    name: { en: 'Poverty rate from likelihoods', ar: 'معدل الفقر المقدَّر من الاحتمالات' },
    definition: {
      en: 'The mean of the likelihoods of being poor that a scorecard gives, not the share of those whose likelihood is high.',
      ar: 'متوسط احتمالات الفقر التي تعطيها بطاقة قياس الفقر، لا نسبة من ترتفع احتمالاتهم.',
    },
    unit: 'share',
    source: 'Schreiner 2010',
    computedBy: { file: 'poverty-rate-of-likelihoods', name: 'povertyRateOfLikelihoods', field: 'rate' },
  },
  {
    id: 'at-risk-of-poverty-threshold',
    name: { en: 'At-risk-of-poverty threshold', ar: 'عتبة خطر الفقر' },
    definition: {
      en: 'Sixty per cent of the median of equivalised income, weighted by persons.',
      ar: 'ستون في المئة من وسيط الدخل المكافئ، مرجَّحًا بعدد الأفراد.',
    },
    unit: 'welfare',
    source: 'Eurostat, EU-SILC, ilc_li01',
    computedBy: { file: 'at-risk-of-poverty', name: 'atRiskOfPoverty', field: 'threshold' },
  },
  {
    id: 'at-risk-of-poverty-rate',
    name: { en: 'At-risk-of-poverty rate', ar: 'معدل خطر الفقر' },
    definition: {
      en: 'The share of people strictly below the at-risk-of-poverty threshold.',
      ar: 'نسبة الأفراد الذين يقل دخلهم عن عتبة خطر الفقر قطعًا.',
    },
    unit: 'share',
    source: 'Eurostat, EU-SILC, ilc_li02',
    computedBy: { file: 'at-risk-of-poverty', name: 'atRiskOfPoverty', field: 'rate' },
  },
  {
    id: 'at-risk-of-poverty-gap',
    name: { en: 'Relative median at-risk-of-poverty gap', ar: 'الفجوة الوسيطة النسبية لخطر الفقر' },
    definition: {
      en: 'How far the median of those below the threshold lies under it, as a share of the threshold.',
      ar: 'بُعد وسيط من هم دون العتبة عنها، منسوبًا إلى العتبة.',
    },
    unit: 'share',
    source: 'Eurostat, EU-SILC, ilc_li11',
    computedBy: { file: 'at-risk-of-poverty', name: 'atRiskOfPoverty', field: 'medianGap' },
  },
]
