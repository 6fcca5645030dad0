// What is decided about each person when the rows of a run are written: expressions on the contact `c` and the joins of the
// judgement. What the plan of the campaign says (left out) comes before what the person's state says (cannot be reached).
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Judgement } from '../pressure/eligibility.ts';
import { isHeldOut, variantOf } from './variants.ts';

export interface Decision {
  /** Why `c` is left out, or NULL; a code of contract/deliveries.ts skipReasons. */
  skip: RawBuilder<string | null>;
  /** More about that, for the send log, or NULL. */
  detail: RawBuilder<string | null>;
  /** Until when the row waits, or NULL: for nothing. */
  until: RawBuilder<Date | null>;
  /** Which wording of an A/B test `c` is sent; NULL: there is one only, or they wait for the winner. */
  variant: RawBuilder<number | null>;
}

export interface Deciding {
  campaignId: string;
  settings: Partial<Settings>;
  /** The exclusion that leaves all of these people out, in words; null: none does. */
  cause: string | null;
}

/** The holdout comes last: it is a share of those who would have got the message, or it would compare with others. */
export function decide(judgement: Judgement, { campaignId, settings, cause }: Deciding): Decision {
  const { skip, until } = judgement;
  const none = sql<null>`NULL::smallint`;
  if (cause !== null) return { skip: sql`'excluded'`, detail: sql`${cause}::text`, until, variant: none };
  const heldOut = isHeldOut(settings, campaignId);
  return {
    skip: heldOut ? sql`coalesce(${skip}, CASE WHEN ${heldOut} THEN 'holdout' END)` : skip,
    detail: sql`NULL::text`,
    until,
    variant: variantOf(settings, campaignId) ?? none,
  };
}
