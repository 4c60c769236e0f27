/** Who has to approve what: rules/approval.json, read once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../kernel/project-root.ts'
import type { AuthoredKind } from '../drafts/authored-kinds.ts'

export interface ApprovalPolicy {
  /** Kinds that need a person of each of these entities; any other kind needs one person who is not the author. */
  readonly entities: Readonly<Partial<Record<AuthoredKind, readonly string[]>>>
}

export const shippedApprovalPolicy = (): ApprovalPolicy =>
  JSON.parse(readFileSync(join(projectRoot, 'rules', 'approval.json'), 'utf8')) as ApprovalPolicy

/** Worked examples of a formula are decided by whoever decides on the formula. */
export function entitiesRequired(
  { entities }: ApprovalPolicy,
  texts: readonly { readonly kind: AuthoredKind; readonly id: string }[],
): string[] {
  const kinds = texts.map(({ kind, id }) => (kind === 'cases' && id.startsWith('formula/') ? 'formula' : kind))
  return [...new Set(kinds.flatMap((kind) => entities[kind] ?? []))].toSorted()
}
