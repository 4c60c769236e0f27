/** The lock of whoever reads or builds the nation's columns. */

/** Held from bringing the replica up to date until nobody reads it or the snapshot any more: one run at a time has the memory. */
export const NATION_LOCK = 'mizan replica'
