/** The entity that operates the registry and is its controller: what nobody else answers for is its own. */
export const OPERATOR = 'MODEE'
