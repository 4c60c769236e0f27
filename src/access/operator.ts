/** Who operates the registry: it may load and change every custodian's registries. */
export const OPERATOR = 'MODEE'
