/** Registries whose rows decide who lives with whom. */
export const CIVIL_REGISTRIES: ReadonlySet<string> = new Set([
  'cspd_death_info',
  'cspd_family_booklet',
  'cspd_lineage',
  'cspd_marriage_info',
  'cspd_personal_info',
  'rbd_residents',
  'sjd_custody',
])
