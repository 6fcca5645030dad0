// The schedule step: an hour that can still come, and whether anything will go out then.
import { sql } from 'kysely';
import { placeOf } from '../campaign.ts';
import { futureInstant, isPast } from '../schedules/schedule.ts';
import { type Advice, finding, type Must } from './finding.ts';

/** A clock that is this wrong sends at another minute than the one promised. */
const skewMs = 30_000;

/** A held campaign waits for a word about its hour; it may be sent at once all the same. */
export const hourToCome: Must = {
  key: 'schedule',
  step: 'schedule',
  holds: (ctx, { campaign }) =>
    placeOf(campaign) === 'held' ? null : futureInstant(campaign.schedule, ctx.clock.now()),
};

export const adviceOnSchedule: Advice = async (ctx, { campaign }) => {
  const now = ctx.clock.now();
  const { rows } = await sql<{ held: boolean; skew_ms: number }>`
    SELECT held_at IS NOT NULL AS held, extract(epoch FROM clock_timestamp() - ${now}::timestamptz)::float8 * 1000 AS skew_ms
    FROM workspaces WHERE id = ${ctx.actor.workspaceId}`.execute(ctx.db);
  const { held, skew_ms } = rows[0] as (typeof rows)[number];
  return [
    ...(placeOf(campaign) === 'held' && isPast(campaign.schedule, now)
      ? [
          finding(
            'hour_over',
            'warning',
            '/schedule/local',
            'Its hour is over. Send it now, or choose another time.',
          ),
        ]
      : []),
    ...(campaign.schedule.mode === 'recurring' && campaign.settings.canary?.when_passed === 'ask'
      ? [
          finding(
            'series_waits',
            'warning',
            '/settings/canary',
            'After the first messages of each date it waits for your word, and the next date waits with it.',
          ),
        ]
      : []),
    ...(held
      ? [
          finding(
            'held',
            'warning',
            '/schedule',
            'Sending is held in this workspace: nothing goes out until it is released.',
            { words: 'See what is held', href: '/held' },
          ),
        ]
      : []),
    ...(Math.abs(skew_ms) > skewMs
      ? [
          finding(
            'clock',
            'warning',
            '/schedule',
            `The clocks of this server and of its database differ by ${Math.round(Math.abs(skew_ms) / 1000)} seconds, so a scheduled hour may be missed by as much. Set both by NTP.`,
          ),
        ]
      : []),
  ];
};
