/** The entity that operates the registry and is its controller: it may load and change every custodian's registries, and what nobody else answers for is its own. */
export const OPERATOR = 'MODEE'
