/** The roles of people: what each may do, in one table. A person may have several; systems have permissions, not roles. */
import type { Permission } from './permissions.ts'

interface RoleKind {
  readonly en: string
  readonly ar: string
  readonly permissions: readonly Permission[]
}

const reader = ['versions:read', 'evaluate:run'] as const satisfies readonly Permission[]
const querying = ['queries:read', 'queries:run'] as const satisfies readonly Permission[]
const managing = ['entities:read', 'users:read', 'users:write', 'keys:read', 'keys:write'] as const satisfies readonly Permission[]
const delivering = [
  'registries:read',
  'loads:write',
  'loads:read',
  'loads:rejected',
  'changes:write',
  'changes:read',
] as const satisfies readonly Permission[]
const asking = ['grants:request', 'grants:read'] as const satisfies readonly Permission[]

export const roles = {
  'entity-admin': {
    en: 'Administrator of an entity: its users, groups, keys and systems',
    ar: 'مدير الجهة: مستخدموها ومجموعاتها ومفاتيحها وأنظمتها',
    permissions: [...managing, ...querying, ...asking, 'versions:read'],
  },
  custodian: {
    en: 'Custodian of an entity’s registries',
    ar: 'مسؤول سجلات الجهة المالكة للبيانات',
    permissions: [
      'entities:read',
      ...delivering,
      ...asking,
      'grants:approve',
      ...querying,
      'queries:write',
      'versions:read',
      'subject-requests:read',
      'subject-requests:answer',
      'audit:checkpoints',
    ],
  },
  operator: {
    en: 'Operator of the National Unified Registry',
    ar: 'مشغّل السجل الوطني الموحد',
    permissions: [
      ...managing,
      'entities:write',
      'access:every-entity',
      'signing-keys:write',
      ...reader,
      ...querying,
      'queries:write',
      ...delivering,
      ...asking,
      'grants:approve',
      'registries:write',
      'substitutions:write',
      'runs:write',
      'runs:write-residents',
      'runs:read',
      'ranked-lists:read',
      'enrolments:write-any',
      'simulations:write',
      'simulations:read',
      'simulations:exact',
      'distributions:read',
      'standing:read',
      'standing:decide-any',
      'audit:read',
      'audit:export',
      'audit:checkpoints',
      'audit:history',
      'breaches:read',
      'subject-requests:read',
      'subject-requests:answer',
      'processing-records:read',
    ],
  },
  'programme-manager': {
    en: 'Programme manager: writes rules, puts approved ones into force',
    ar: 'مدير برنامج: يكتب القواعد وينفذ ما أُقر منها',
    permissions: [
      ...reader,
      ...querying,
      ...asking,
      'versions:write',
      'versions:activate',
      'runs:read',
      'ranked-lists:read',
      'ranked-lists:explain',
      'ranked-lists:freeze',
      'enrolments:read',
      'enrolments:write',
      'simulations:write',
      'simulations:read',
      'distributions:read',
    ],
  },
  checker: {
    en: 'Checker: approves or rejects what somebody else wrote, decides what stands',
    ar: 'المدقق: يقر ما كتبه غيره أو يرفضه، ويبت في ما يبقى ساريًا',
    permissions: [
      ...reader,
      'versions:approve',
      'simulations:read',
      'distributions:read',
      'standing:read',
      'standing:decide',
      'determinations:read',
    ],
  },
  analyst: {
    en: 'Policy analyst: simulates and queries',
    ar: 'محلل سياسات: يحاكي ويستعلم',
    permissions: [
      ...reader,
      ...querying,
      'queries:write',
      'grants:read',
      'simulations:write',
      'simulations:read',
      'distributions:read',
      'runs:read',
    ],
  },
  intake: {
    en: 'Intake: takes applications and tells their outcome',
    ar: 'استقبال الطلبات: يقدّم الطلبات ويبلّغ نتائجها',
    permissions: [
      'applications:write',
      'applications:read',
      'households:lookup',
      'determinations:write',
      'determinations:read',
      'versions:read',
      'subject-requests:write',
    ],
  },
  'list-reader': {
    en: 'Reader of ranked lists',
    ar: 'قارئ القوائم المرتبة',
    permissions: ['versions:read', 'runs:read', 'ranked-lists:read', 'enrolments:read'],
  },
  auditor: {
    en: 'Auditor: reads what was done, does nothing',
    ar: 'المراجع: يطلع على ما جرى ولا يغيّر شيئًا',
    permissions: [
      'audit:read',
      'audit:export',
      'audit:checkpoints',
      'audit:history',
      'versions:read',
      'entities:read',
      'users:read',
      'keys:read',
      'runs:read',
      'registries:read',
      'loads:read',
      'changes:read',
      'grants:read',
      'breaches:read',
      'processing-records:read',
    ],
  },
  'protection-officer': {
    en: 'Data protection officer: breaches, notices, what persons ask, sheltered addresses',
    ar: 'مسؤول حماية البيانات: الخروقات والإشعارات وطلبات الأشخاص والعناوين المحمية',
    permissions: [
      'breaches:write',
      'breaches:read',
      'subject-requests:write',
      'subject-requests:read',
      'subject-requests:answer',
      'notices:deliver',
      'letters:write',
      'letters:keys',
      'processing-records:read',
      'person-data:export',
      'sheltered:write',
      'sheltered:read-addresses',
      'audit:read',
      'audit:history',
    ],
  },
} as const satisfies Record<string, RoleKind>

export type Role = keyof typeof roles
export const allRoles = Object.keys(roles) as Role[]
export const isRole = (text: unknown): text is Role => typeof text === 'string' && Object.hasOwn(roles, text)

/** All that the roles allow together; a name that is no longer a role allows nothing. */
export function permissionsOf(names: readonly string[]): Set<Permission> {
  return new Set(names.filter(isRole).flatMap((name) => roles[name].permissions as readonly Permission[]))
}
