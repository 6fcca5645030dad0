// What would become of waits, by the very questions that are asked when their rows are written (judgedEvents) and claimed.
import { sql } from 'kysely';
import type { AutomationState } from '../../campaigns/automation.ts';
import { eventRunOf, judgedEvents, overOf } from '../../deliveries/runs/judge-events.ts';
import type { Ctx } from '../../platform/context.ts';
import { eventsOf } from '../check.ts';
import type { Told } from '../restock.ts';
import type { DueWait } from '../waits.ts';

/** What may be otherwise when the delay ends: caps, quiet hours, the day and the stock are asked then. */
export const passing = new Set([
  'frequency_cap',
  'quiet_hours_expired',
  'window_closed',
  'offer_today',
  'sold_out',
  'reminded_lately',
]);

export interface JudgedWait {
  subjectId: string;
  contactId: string;
  /** Why it would never be sent; a code of contract/automations.ts. Null: it would be. */
  reason: string | null;
  /** Until when quiet hours would hold it. */
  until: Date | null;
}

/** Subjects that are no more, or no more what the automation answers to, are not in the answer. */
export async function judgeWaits(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  waits: DueWait[],
  at: Date,
): Promise<JudgedWait[]> {
  if (waits.length === 0) return [];
  return judgeAll(ctx, campaignId, automation, await eventsOf(ctx, automation, waits), at);
}

export async function judgeAll(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  events: Told['events'],
  at: Date,
): Promise<JudgedWait[]> {
  const judged: JudgedWait[] = [];
  for (const some of Map.groupBy(events, (event) => event.connection_id).values())
    judged.push(...(await judgeOn(ctx, campaignId, automation, some, at)));
  return judged;
}

async function judgeOn(
  ctx: Ctx,
  campaignId: string,
  { version, content, settings }: AutomationState,
  events: Told['events'],
  at: Date,
): Promise<JudgedWait[]> {
  const [{ connection_id, channel }] = events as [Told['events'][number]];
  const run = await eventRunOf(ctx, {
    campaignId,
    version,
    connection: { id: connection_id, channel },
    content,
    settings,
  });
  const { rows } = await sql<{
    subject_id: string;
    contact_id: string;
    skip: string | null;
    until: Date | null;
    held: string | null;
    over: string | null;
  }>`
    WITH ${await judgedEvents(ctx, run, events, at)}
    SELECT judged.subject_id, judged.contact_id, judged.skip, judged.until, judged.held, ${overOf(ctx, campaignId, sql`${at}`)} AS over
    FROM judged`.execute(ctx.db);
  return rows.map((row) => ({
    subjectId: row.subject_id,
    contactId: row.contact_id,
    reason: row.held ?? lastingOf(row.skip, row.over),
    until: row.until,
  }));
}

/** Of two reasons the one that stays: who is at a cap and has bought it is not waiting for the cap to end. */
const lastingOf = (skip: string | null, over: string | null): string | null =>
  [skip, over].find((reason) => reason !== null && !passing.has(reason)) ?? skip ?? over;
