/** What each check of a verification is called, in English and Arabic. */
import type { DeterminationCheck } from '../determinations/verify-determination.ts'
import type { FitCheck } from '../simulation/fits/verify-fit.ts'
import type { SimulationCheck } from '../simulation/verify-simulation.ts'
import type { RunCheckName } from '../targeting/verify/run-check.ts'

type Words<Name extends string> = Readonly<Record<Name, readonly [en: string, ar: string]>>

export const runChecks: Words<RunCheckName> = {
  manifest: ['the manifest has its hash', 'البيان مطابق لبصمته'],
  audit: ['the audit chain names this manifest', 'سلسلة التدقيق تذكر هذا البيان'],
  record: ["the run's record says what the manifest says", 'قيد عملية التشغيل مطابق للبيان'],
  lists: ['every list of the manifest is there, and no other', 'قوائم البيان موجودة كلها ولا غيرها'],
  header: ["the list's hash and counts are those of the manifest", 'بصمة القائمة وأعدادها مطابقة للبيان'],
  rows: ['the rows in the database have the hash of the list', 'صفوف القائمة في قاعدة البيانات مطابقة لبصمتها'],
  ranking: ['the rankings by score in the database are those of the manifest', 'تراتيب الدرجات في قاعدة البيانات مطابقة للبيان'],
  versions: ['catalogue, rules, formulas and programmes are those that were used', 'الدليل والقواعد والمعادلات والبرامج هي المستخدمة نفسها'],
  sources: ['the state of the registries is the one that was recorded', 'حالة السجلات هي المسجّلة نفسها'],
  inputs: ['applications, enrolments and population are those that were used', 'الطلبات والمنتفعون والمجتمع المشمول هي المستخدمة نفسها'],
  snapshot: ['the snapshot is of this day, these versions and these answers', 'اللقطة لهذا التاريخ وهذه النسخ وهذه الإجابات'],
  parts: ['every part of the snapshot has its hash', 'كل جزء من اللقطة مطابق لبصمته'],
  counts: ['computed again: the same households, persons and undetermined', 'أُعيد الحساب: الأسر والأفراد وغير المحسوم نفسها'],
  list: ['computed again: the same list', 'أُعيد الحساب: القائمة نفسها'],
  traits: ['computed again: the same units pass the filters of the list', 'أُعيد الحساب: الوحدات نفسها تجتاز عوامل تصفية القائمة'],
  'ranking-again': ['computed again: the same rankings by score', 'أُعيد الحساب: تراتيب الدرجات نفسها'],
  'manifest-again': ['computed again: the same manifest', 'أُعيد الحساب: البيان نفسه'],
}

export const simulationChecks: Words<SimulationCheck> = {
  manifest: ['the manifest has its hash', 'البيان مطابق لبصمته'],
  result: ['the stored result has the hash of the manifest', 'النتيجة المحفوظة مطابقة لبصمة البيان'],
  again: ['computed again: the same bytes', 'أُعيد الحساب: المحتوى نفسه حرفيًا'],
}

export const fitChecks: Words<FitCheck> = {
  manifest: simulationChecks.manifest,
  sample: ['the stored rows of the sample have the hash of the manifest', 'صفوف العينة المحفوظة مطابقة لبصمة البيان'],
  result: simulationChecks.result,
  again: simulationChecks.again,
}

export const determinationChecks: Words<DeterminationCheck> = {
  facts: ['the facts have their hash', 'المتغيّرات مطابقة لبصمتها'],
  body: ['the determination has its hash', 'القرار مطابق لبصمته'],
  record: ['its record says the same as the determination', 'سجله مطابق للقرار'],
  again: ['computed again from facts and versions: the same bytes', 'أُعيد الحساب من المتغيّرات والنسخ: المحتوى نفسه حرفيًا'],
}
