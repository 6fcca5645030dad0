// Which failed rows another try may mend.
import { type RawBuilder, sql } from 'kysely';
import { retryableReasons } from '../delivery.ts';

/** Whom WhatsApp held a marketing message back from is not tried again before (131049, Cloud API, error codes, 2026-11-20). */
const cappedHours = 24;

const isCapped = sql<boolean>`(d.reason = 'marketing_capped')`;
const cappedUntil = sql<Date>`(d.claimed_at + make_interval(hours => ${sql.lit(cappedHours)}))`;

/** Of failed rows `d`: how many another try may mend later only, and from when it may for all of them. */
export const retryLater = (now: Date) => ({
  count: sql<number>`count(*) FILTER (WHERE d.state = 'failed' AND ${isCapped} AND ${cappedUntil} >= ${now}::timestamptz)`,
  from: sql<Date | null>`max(${cappedUntil}) FILTER (WHERE d.state = 'failed' AND ${isCapped} AND ${cappedUntil} >= ${now}::timestamptz)`,
});

/** Of a failed row `d`. Who stopped marketing, or is not on the platform, is never tried again. */
export function isRetryable(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(d.reason = ANY(${retryableReasons}) OR (${isCapped} AND ${cappedUntil} < ${now}::timestamptz))`;
}
