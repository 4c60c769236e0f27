/** The dirt of real registries, at stated rates, in one place; docs/reference/population.md is written from it. */

export const dirt = {
  /** Of deaths: registered 61 to 700 days late instead of within 20. Until then the person counts and pensions are paid. */
  lateDeaths: 0.12,
  /** Of households: a member died in the last two years and still stands on the booklet. */
  deadOnBooklet: 0.012,
  /** Of widows' booklets: the dead husband is still its head. */
  bookletsNotRenewed: 0.4,
  /** Of Jordanians: a number that CSPD has replaced; the old one still resolves. */
  supersededNumbers: 0.002,
  /** Of wives: still on the father's booklet as well; the rules settle it (she is spouse on the other). */
  wivesOnTwoBooklets: 0.01,
  /** Of children on a booklet: on a second one as a child too; nothing settles it, both are shown. */
  childrenOnTwoBooklets: 0.0005,
  /** Of persons: on no booklet at all. */
  withoutBooklet: 0.001,
  /** Of birth dates outside cspd_personal_info: day and month swapped or the year one off. */
  conflictingBirthDates: 0.004,
} as const

/** Registries whose state is not "loaded and fresh", with the reason a user sees in the documentation. */
export const registryStates = {
  /** as_of lies this many days before the population's date, far past age and grace. */
  stale: { registry: 'psd_travellers', daysOld: 900 },
  /** Past its age, within its grace: used, and flagged. */
  inGrace: { registry: 'moa_livestock' },
  /** Defined, never loaded: what depends on it is unknown. */
  neverLoaded: { registry: 'ltrc_operators' },
} as const
