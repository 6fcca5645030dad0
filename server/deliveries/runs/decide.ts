// What becomes of a person of an audience: one decision that counting, listing, asking why and writing rows share, so that none
// of them can say anything else than the others. What is asked of people is in pressure/eligibility.ts, exclusions.ts, due.ts and variants.ts.
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Judgement } from '../pressure/eligibility.ts';
import type { DueSql } from './due.ts';
import { isHeldOut, variantOf } from './variants.ts';

export interface Decision {
  /** Why `c` is left out, or NULL; a code of contract/deliveries.ts skipReasons. */
  skip: RawBuilder<string | null>;
  /** More about that, for the send log, or NULL. */
  detail: RawBuilder<string | null>;
  /** Until when the row waits for the end of quiet hours, or NULL: for none. */
  until: RawBuilder<Date | null>;
  /** The hour of their own zone, or NULL: the run goes to all at once. */
  due: RawBuilder<Date | null>;
  /** Which wording of an A/B test `c` is sent; NULL: there is one only, or they wait for the winner. */
  variant: RawBuilder<number | null>;
}

/** Who is left out by exclusions: nobody or all of these people, or whoever a join found. */
export interface LeftOut {
  who: RawBuilder<boolean> | 'all' | 'nobody';
  /** The exclusion, in words. */
  words: RawBuilder<string | null>;
}
export const nobodyLeftOut: LeftOut = { who: 'nobody', words: sql`NULL::text` };

export interface Deciding {
  /** Null: not known, so nobody is held out and there is no test. */
  campaignId: string | null;
  settings: Partial<Settings>;
  leftOut: LeftOut;
  own: DueSql | null;
}

/** The holdout comes last: it is a share of those who would have got the message, or it would compare with others. */
export function decide(
  { skip, until }: Judgement,
  { campaignId, settings, leftOut, own }: Deciding,
): Decision {
  const due = own?.due ?? sql<Date | null>`NULL::timestamptz`;
  const variant = (campaignId && variantOf(settings, campaignId)) || sql<null>`NULL::smallint`;
  const detail = leftOut.words;
  if (leftOut.who === 'all') return { skip: sql`'excluded'`, detail, until, due, variant };
  const heldOut = campaignId && isHeldOut(settings, campaignId);
  const asked = [
    skip,
    ...(own ? [own.skip] : []),
    ...(heldOut ? [sql`CASE WHEN ${heldOut} THEN 'holdout' END`] : []),
  ];
  const others = asked.length > 1 ? sql<string | null>`coalesce(${sql.join(asked)})` : skip;
  if (leftOut.who === 'nobody') return { skip: others, detail, until, due, variant };
  return {
    skip: sql`CASE WHEN ${leftOut.who} THEN 'excluded' ELSE ${others} END`,
    detail,
    until: sql`CASE WHEN NOT (${leftOut.who}) THEN ${until} END`,
    due,
    variant,
  };
}
