/** Every table that speaks of persons, besides the registries: what a substitution moves to the current person, and what it leaves and why. */
import { noticesOfPersons } from '../data-protection/notices/notice-store.ts'
import { requestsOfPersons } from '../data-protection/requests/request-store.ts'
import { shelterOfPersons } from '../data-protection/sheltered/sheltered-store.ts'
import { applicationsOfPersons, openQuestionsOfPersons } from '../intake/application-store.ts'
import { standingQuestionsOfPersons } from '../intake/re-evaluation/re-evaluation-store.ts'
import { residenceOfPersons } from '../households/follow-load.ts'
import { enrolmentsOfPersons } from '../targeting/enrolments/enrolment-store.ts'
import type { PersonRelation } from '../warehouse/substitutions/move-rows.ts'

/** What speaks of persons as they are now. In this order; undone in the opposite one. */
export const movedRelations: readonly PersonRelation[] = [
  residenceOfPersons,
  applicationsOfPersons,
  openQuestionsOfPersons,
  // Before enrolments: the publication of a run locks them so.
  standingQuestionsOfPersons,
  enrolmentsOfPersons,
  requestsOfPersons,
  noticesOfPersons,
  shelterOfPersons,
]

/** Columns that keep the reference they have. */
export const keptColumns: Readonly<Record<string, string>> = {
  'identity.identifier.person_ref': 'the vault itself: the old person’s numbers stand for the current one meanwhile',
  'identity.substitution.old_ref': 'the substitution’s own record',
  'identity.substitution.current_ref': 'the substitution’s own record',
  'warehouse.person.person_ref': 'the old reference stays known, so that it can be parted again',
  'warehouse.change_position.person_ref': 'moved with the rows of registries (move-positions.ts)',
  'warehouse.changed_person.person_ref': 'both persons are noted as changed',
  'warehouse.removed_row.person_ref': 'both persons are noted as having lost rows',
  'public.household_member.person_ref': 'worked out anew',
  'public.membership_change.person_ref': 'says of each person that membership was worked out anew',
  'public.fact_snapshot.asked_ref': 'history: what was read never changes',
  'public.determination.person_ref': 'history: what was determined never changes; read through currentPersons',
  'public.enrolment_report.person_ref': 'history: reports as they came',
  'public.ranked_unit.person_ref': 'history: published lists never change',
  'public.audit_event.person_ref': 'history: part of the chain’s hashed text',
}
