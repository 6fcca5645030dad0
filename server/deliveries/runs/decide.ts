// What is decided about each person when the rows of a run are written: expressions on the contact `c` and the joins of the
// judgement. What the plan of the campaign says (left out) comes before what the person's state says (cannot be reached).
import { type RawBuilder, sql } from 'kysely';
import type { Judgement } from '../pressure/eligibility.ts';

export interface Decision {
  /** Why `c` is left out, or NULL; a code of contract/deliveries.ts skipReasons. */
  skip: RawBuilder<string | null>;
  /** More about that, for the send log, or NULL. */
  detail: RawBuilder<string | null>;
  /** Until when the row waits, or NULL: for nothing. */
  until: RawBuilder<Date | null>;
}

/** `cause`: the exclusion that leaves all of these people out, in words; null: none does. */
export function decide(judgement: Judgement, { cause }: { cause: string | null }): Decision {
  const { skip, until } = judgement;
  if (cause !== null) return { skip: sql`'excluded'`, detail: sql`${cause}::text`, until };
  return { skip, detail: sql`NULL::text`, until };
}
