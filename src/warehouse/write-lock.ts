/** The one lock of all warehouse writes: whoever holds it takes the next place in the change sequence, so that the order of commits is the order of places. */
import type { Queryable } from '../db/queryable.ts'

/** Held to the end of the transaction. INVARIANT: take it before `nextval('change_seq')`, and let nothing long happen after. */
export const lockWarehouse = async (transaction: Queryable): Promise<void> =>
  void (await transaction.query("SELECT pg_advisory_xact_lock(hashtext('warehouse writes'))"))
