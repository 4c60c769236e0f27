/** How long every table keeps what it holds: the one declaration that retention is applied by, and pages and records are written from. */
import type { Words } from '../../language/fact-space.ts'
import { lapsed } from '../notices/notice-store.ts'

/** Kept without an end, and why. */
export const KEPT = {
  registry: { en: 'as long as the custodian delivers it: current rows only', ar: 'ما دامت الجهة المالكة تسلّمه: القيود الحالية فقط' },
  vault: { en: 'as long as anything is kept about the person', ar: 'ما دام يُحفظ شيء عن الشخص' },
  chain: { en: 'for good: the audit chain is whole or worth nothing', ar: 'دائمًا: سلسلة التدقيق كاملة أو لا قيمة لها' },
  evidence: { en: 'for good: what was decided is replayed from it', ar: 'دائمًا: منه تُعاد القرارات' },
  history: { en: 'for good: lists, reports and breaches that others act upon', ar: 'دائمًا: قوائم وتقارير وخروقات يُبنى عليها' },
  configuration: { en: 'until it is changed: nothing about registrants', ar: 'حتى تغييره: لا شيء عن المسجلين' },
  service: {
    en: 'until the service itself replaces it: where work and changes stand',
    ar: 'حتى تستبدله الخدمة نفسها: مواضع الأعمال والتغييرات',
  },
  research: { en: 'until the survey is withdrawn: no identifiers', ar: 'حتى سحب المسح: دون معرّفات' },
} as const satisfies Record<string, Words>

export interface Dated {
  readonly days: number
  readonly since: Words
  /** Which rows of `t` are past it, `$1` being the moment that many days ago. */
  readonly past: string
}

export type Retention = keyof typeof KEPT | Dated

const YEAR = 365
const of = (days: number, en: string, ar: string, past: string): Dated => ({ days, since: { en, ar }, past })
const receivedBefore = 't.application_id IN (SELECT a.id FROM application a WHERE a.received_at < $1)'
const CLOSED = `('refused', 'carried-out', 'withdrawn')`

/** A determination stands until a later one of the same unit; what a replay of it needs stays with it. */
const SUPERSEDED = `t.created_at < $1
  AND EXISTS (SELECT FROM fact_snapshot s JOIN fact_snapshot ns ON ns.household_ref = s.household_ref JOIN determination n ON n.snapshot_id = ns.id
    WHERE s.id = t.snapshot_id AND n.programme = t.programme AND n.person_ref IS NOT DISTINCT FROM t.person_ref AND (n.created_at, n.id) > (t.created_at, t.id))
  AND NOT EXISTS (SELECT FROM standing_question q WHERE t.id IN (q.earlier_id, q.later_id))`

/** In this order: what points to a row goes before the row. */
export const dated: Readonly<Record<string, Dated>> = {
  'identity.rejected_row': of(
    90,
    'the load began',
    'بدء التحميل',
    't.load_id IN (SELECT l.id FROM warehouse.load l WHERE l.started_at < $1)',
  ),
  'identity.rejected_change': of(90, 'it was received', 'وروده', 't.received_at < $1'),
  'identity.unresolved_application': of(YEAR, 'the application was received', 'استلام الطلب', receivedBefore),
  idempotency_key: of(30, 'the application was received', 'استلام الطلب', receivedBefore),
  job_tick: of(90, 'it was taken', 'أخذه', 't.taken_at < $1'),
  impact: of(2 * YEAR, 'it was measured', 'قياسه', 't.finished_at < $1'),
  person_notice: of(
    5 * YEAR,
    'it was delivered; of a selection that lapsed undelivered, since it was last due',
    'تبليغه، أو منذ آخر استحقاق لتبليغ اختيار سقط قبل تبليغه',
    `t.delivered_at < $1 OR (t.free_from < $1 AND ${lapsed('t')})`,
  ),
  subject_request_step: of(
    5 * YEAR,
    'the request was closed',
    'إغلاق الطلب',
    `t.request_id IN (SELECT r.id FROM subject_request r WHERE r.changed_at < $1 AND r.status IN ${CLOSED})`,
  ),
  subject_request: of(
    5 * YEAR,
    'it was closed',
    'إغلاقه',
    `t.changed_at < $1 AND t.status IN ${CLOSED} AND NOT EXISTS (SELECT FROM subject_request_step s WHERE s.request_id = t.id)`,
  ),
  'warehouse.sheltered_person': of(YEAR, 'the shelter ended', 'انتهاء الحماية', 't.ended_at < $1'),
  standing_question: of(10 * YEAR, 'it was settled', 'البت فيه', 't.settled_at < $1'),
  determination: of(10 * YEAR, 'it was made, once a later one of the unit stands', 'صدوره، متى قام قرار لاحق للوحدة', SUPERSEDED),
  fact_snapshot: of(
    10 * YEAR,
    'it was read, once no determination rests on it',
    'قراءتها، متى لم يعد قرار يستند إليها',
    `t.created_at < $1 AND NOT EXISTS (SELECT FROM determination d WHERE d.snapshot_id = t.id) AND NOT EXISTS (SELECT FROM person_notice n WHERE n.snapshot_id = t.id)`,
  ),
  declared_answers: of(
    10 * YEAR,
    'they were declared, once later ones of the household stand and nothing rests on them',
    'التصريح بها، متى قامت بعدها إجابات للأسرة ولم يعد شيء يستند إليها',
    `t.declared_at < $1 AND NOT EXISTS (SELECT FROM fact_snapshot s WHERE s.declared_by = t.application_id)
     AND EXISTS (SELECT FROM declared_answers n WHERE n.household_ref = t.household_ref AND n.form = t.form AND n.declared_at > t.declared_at)`,
  ),
  open_question: of(
    10 * YEAR,
    'the application was received, once nothing rests on it',
    'استلام الطلب، متى لم يعد شيء يستند إليه',
    `t.application_id IN (SELECT a.id FROM application a WHERE a.received_at < $1) AND NOT EXISTS (SELECT FROM declared_answers w WHERE w.application_id = t.application_id)
     AND NOT EXISTS (SELECT FROM determination d WHERE d.application_id = t.application_id)`,
  ),
  application: of(
    10 * YEAR,
    'it was received, once nothing rests on it',
    'استلامه، متى لم يعد شيء يستند إليه',
    `t.received_at < $1 AND NOT EXISTS (SELECT FROM determination d WHERE d.application_id = t.id) AND NOT EXISTS (SELECT FROM fact_snapshot s WHERE s.declared_by = t.id)
     AND NOT EXISTS (SELECT FROM declared_answers w WHERE w.application_id = t.id) AND NOT EXISTS (SELECT FROM open_question q WHERE q.application_id = t.id)
     AND NOT EXISTS (SELECT FROM identity.unresolved_application u WHERE u.application_id = t.id) AND NOT EXISTS (SELECT FROM idempotency_key k WHERE k.application_id = t.id)`,
  ),
}

const all = (kind: keyof typeof KEPT, tables: string): Record<string, Retention> =>
  Object.fromEntries(
    tables
      .trim()
      .split(/\s+/)
      .map((table) => [table, kind]),
  )

/** Every table of the schema but those of registries, which are `registry` each. */
export const retention: Readonly<Record<string, Retention>> = {
  ...all(
    'vault',
    'identity.identifier identity.vault_key identity.substitution identity.substituted_row identity.audit_key warehouse.person',
  ),
  ...all('chain', 'audit_event audit_link audit_pending audit_checkpoint'),
  ...all('evidence', 'source_set version_set object_version run run_ranking ranking_block told_run'),
  ...all(
    'history',
    'ranked_list ranked_unit listed_trait published_list published_ranking enrolment enrolment_report data_breach data_breach_entry',
  ),
  ...all('history', 'household household_member verified_residence change_set change_set_text change_set_approval change_set_comment'),
  ...all('history', 'saved_query saved_query_version data_grant data_grant_item simulation'),
  ...all('research', 'reference_sample sample_content sample_content_part fit synthetic.true_welfare'),
  ...all(
    'configuration',
    'api_key entity user_account user_group user_group_member oauth_client oauth_client_secret signing_key version_draft',
  ),
  ...all(
    'configuration',
    'warehouse.registry_definition warehouse.shelter_source warehouse.address_column entity_login letter_delivery_key',
  ),
  ...all(
    'service',
    'object_version_stamp data_grant_stamp warehouse.registry_definition_stamp household_change membership_change membership_state',
  ),
  ...all('service', 'membership_followed re_evaluation attempt_count sign_in_challenge password_token user_session schema_migration'),
  ...all('service', 'warehouse.load warehouse.registry_state warehouse.removed_row warehouse.change_position warehouse.change_stream'),
  ...all('service', 'warehouse.changed_person warehouse.load_to_follow'),
  ...dated,
}
