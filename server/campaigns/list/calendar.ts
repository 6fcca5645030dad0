// What went out and what will, between two days: runs that began, hours that are planned, dates of those that repeat.
import { type RawBuilder, sql } from 'kysely';
import {
  type CalendarEntry,
  type CalendarQuery,
  type CampaignCalendar,
  calendarDaysAtMost,
  calendarEntriesAtMost,
} from '../../../contract/calendar.ts';
import type { Campaign, CampaignKind, CampaignStatus } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { localTimeOf, readLocalTime } from '../../../contract/zones.ts';
import type { Ctx } from '../../platform/context.ts';
import { wireOrNull } from '../../platform/db/ids.ts';
import { invalidField } from '../../platform/errors.ts';
import { movesOf } from '../campaign.ts';
import { endOfFirst, occurrencesBetween } from '../schedules/recurrence.ts';
import { conditionOf, dayBegins, nextDay, workspaceZone } from './filter.ts';

interface Row {
  id: string;
  number: number;
  name: string;
  channel: Channel | null;
  kind: CampaignKind;
  status: CampaignStatus;
  held: boolean;
  occurrences: Campaign['occurrences'];
  launched_at: string | null;
  schedule: Schedule;
  at: Date;
  run_id: string | null;
}
interface Span {
  from: Date;
  to: Date;
}
type Time = Pick<CalendarEntry, 'kind'> & { at: Date; until: Date | null };

const hourMs = 3_600_000;
/** The last place on Earth has a local time 12 hours after UTC has it. */
const lastZoneMs = 12 * hourMs;
/** From the first zone to the last, and a day more for those whose time had passed. */
const widestMs = 50 * hourMs;

/** Throws VALIDATION_FAILED. */
export async function campaignCalendar(ctx: Ctx, query: CalendarQuery): Promise<CampaignCalendar> {
  const { from, until, time_zone, ...filter } = query;
  refuseTooLong(from, until);
  const zone = time_zone ?? (await workspaceZone(ctx));
  const span = { from: dayBegins(from, zone), to: dayBegins(nextDay(until), zone) };
  const condition = await conditionOf(ctx, filter);
  const [begun, coming] = [await runsOf(ctx, condition, span), await waiting(ctx, condition, span)];
  const series = coming.flatMap(({ schedule, at }) =>
    schedule.mode === 'recurring' ? [{ schedule, since: at }] : [],
  );
  // no date behind those that can be shown is worked out
  const end = endOfFirst(calendarEntriesAtMost + 1, series, span.from, span.to) ?? span.to;
  const entries = [
    ...begun.map((row) => ({ row, time: { kind: 'sent', at: row.at, until: null } as Time })),
    ...coming.flatMap((row) => timesOf(row, span, end).map((time) => ({ row, time }))),
  ].sort((a, b) => a.time.at.getTime() - b.time.at.getTime() || a.row.number - b.row.number);
  return {
    data: entries.slice(0, calendarEntriesAtMost).map(({ row, time }) => toEntry(row, time, zone)),
    more: [begun, coming, entries].some((all) => all.length > calendarEntriesAtMost),
  };
}

function refuseTooLong(from: string, until: string): void {
  const days = (Date.parse(until) - Date.parse(from)) / (24 * hourMs) + 1;
  if (days < 1) throw invalidField('/until', 'The last day lies before the first.');
  if (days > calendarDaysAtMost)
    throw invalidField('/until', `At most ${calendarDaysAtMost} days at once: these are ${days}.`);
}

const columns = sql`c.id, c.number, c.name, c.channel, c.kind, c.status, c.held_at IS NOT NULL AS held, c.schedule, c.launched_at::text,
  jsonb_build_object('done', c.occurrences_done, 'left', c.occurrences_left) AS occurrences`;

async function runsOf(ctx: Ctx, condition: RawBuilder<boolean>, { from, to }: Span): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${columns}, r.created_at AS at, r.id AS run_id
    FROM runs r JOIN campaigns c ON c.workspace_id = r.workspace_id AND c.id = r.campaign_id
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.created_at >= ${from} AND r.created_at < ${to} AND ${condition}
    ORDER BY r.created_at LIMIT ${calendarEntriesAtMost + 1}`.execute(ctx.db);
  return rows;
}

/** Those with an hour before the end that has not been sent: scheduled, held, or repeating and not at its end. */
async function waiting(ctx: Ctx, condition: RawBuilder<boolean>, { from, to }: Span): Promise<Row[]> {
  const earliest = new Date(from.getTime() - widestMs);
  const { rows } = await sql<Row>`
    SELECT ${columns}, c.scheduled_at AS at, NULL AS run_id FROM campaigns c
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.status IN ('scheduled', 'paused', 'sending')
      AND c.occurrences_left IS DISTINCT FROM 0 AND c.scheduled_at < ${to} AND (c.schedule->>'mode' = 'recurring' OR (c.scheduled_at >= ${earliest} AND c.launched_at IS NULL))
      AND ${condition}
    ORDER BY c.scheduled_at LIMIT ${calendarEntriesAtMost + 1}`.execute(ctx.db);
  return rows;
}

/** `row.at`: when it goes out next. `end`: of the dates of series. */
function timesOf({ schedule, at }: Row, { from }: Span, end: Date): Time[] {
  if (schedule.mode === 'recurring')
    return occurrencesBetween(schedule, at > from ? at : from, end).map((one) => ({
      kind: 'occurrence',
      at: new Date(one.at),
      until: null,
    }));
  if (schedule.mode === 'recipient_local') {
    const until = new Date((readLocalTime(schedule.local) as number) + lastZoneMs);
    return until >= from ? [{ kind: 'recipient_local', at, until: until > at ? until : at }] : [];
  }
  return at >= from ? [{ kind: 'planned', at, until: null }] : [];
}

function toEntry(row: Row, { at, kind, until }: Time, zone: string): CalendarEntry {
  const { schedule } = row;
  return {
    campaign_id: toWireId('cmp', row.id),
    number: row.number,
    name: row.name,
    channel: row.channel,
    status: row.status,
    at: at.toISOString(),
    local: localTimeOf(at, zone),
    time_zone: schedule.mode === 'now' ? null : schedule.time_zone,
    kind,
    until: until?.toISOString() ?? null,
    run_id: wireOrNull('run', row.run_id),
    moves: movesOf(row),
  };
}
