// Who gets which wording, and who none: by a hash of the person and the campaign, so that the same people are meant however
// often the rows are written, on whatever node (docs/decisions: variants and holdout by a stable hash).
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Content } from '../../../contract/message.ts';

/** The circle is cut into so many parts: a tenth of a percent is a thousand of them. */
const parts = 1_000_000;
const salts = { holdout: 0, variant: 1 } as const;

/** Where on the circle the contact `c` stands, 0 … parts − 1. */
function placeOf(campaignId: string, salt: keyof typeof salts): RawBuilder<number> {
  return sql<number>`((hashtextextended(c.id::text || ':' || ${campaignId}::text, ${sql.lit(salts[salt])}) & 9223372036854775807) % ${sql.lit(parts)})`;
}

/** Null: nobody is held out. The same people in every run of the campaign. */
export function isHeldOut(settings: Partial<Settings>, campaignId: string): RawBuilder<boolean> | null {
  const percent = settings.holdout_percent ?? null;
  if (percent === null) return null;
  return sql<boolean>`${placeOf(campaignId, 'holdout')} < ${sql.lit(Math.round((percent * parts) / 100))}`;
}

/** Which wording `c` tries, NULL beyond the test; null: the run has no test. The people of the test are split evenly. */
export function variantOf(settings: Partial<Settings>, campaignId: string): RawBuilder<number | null> | null {
  const ab = settings.ab ?? null;
  if (!ab) return null;
  const tested = Math.round((ab.test_percent * parts) / 100);
  const wordings = ab.variants.length + 1;
  const place = placeOf(campaignId, 'variant');
  return sql<
    number | null
  >`CASE WHEN ${place} < ${sql.lit(tested)} THEN (${place} * ${sql.lit(wordings)} / ${sql.lit(tested)})::smallint END`;
}

/** What a row of this variant says; null and 0: the campaign's own content. */
export function contentOf(
  plan: { content: Content; settings: Partial<Settings> },
  variant: number | null,
): Content {
  if (!variant) return plan.content;
  const further = plan.settings.ab?.variants[variant - 1];
  if (!further) throw new Error(`the run has no variant ${variant}`);
  return further.content;
}
