// The life of a campaign that repeats: which date is next, and what its row says of the series. Each date is taken after the
// one before it and never after the present moment, in the transaction that starts its run: none is sent twice, none is lost.
import type { Campaign } from '../../../contract/campaigns.ts';
import type { RecurringSchedule, Schedule } from '../../../contract/schedules.ts';
import type { Ctx } from '../../platform/context.ts';
import { audit } from '../../workspaces/audit.ts';
import { latestOccurrence, nextOccurrence, occurrencesBetween, occurrencesLeft } from './recurrence.ts';

/** What a campaign's row says of its hour. */
export interface Hour {
  scheduled_at: Date;
  occurrences_left: number | null;
}

export function hourOf(schedule: Schedule, at: Date): Hour {
  return {
    scheduled_at: at,
    occurrences_left: schedule.mode === 'recurring' ? occurrencesLeft(schedule, at) : null,
  };
}

/** Once the date `at` is taken: the next one, or that it was the last. */
export function hourAfter(schedule: RecurringSchedule, at: Date): Hour {
  const next = nextOccurrence(schedule, at);
  return next ? hourOf(schedule, new Date(next.at)) : { scheduled_at: at, occurrences_left: 0 };
}

/** The date that is judged when Carillon comes to it: of several that have passed, the latest. */
export function dateToJudge(schedule: Schedule, dueAt: Date, now: Date): Date {
  if (schedule.mode !== 'recurring') return dueAt;
  const latest = latestOccurrence(schedule, dueAt, now);
  return latest ? new Date(latest.at) : dueAt;
}

/** The dates before `judged` that were never looked at: nobody gets a message for them, and the log says so. */
export async function tellSkipped(ctx: Ctx, campaign: Campaign, dueAt: Date, judged: Date): Promise<void> {
  const { schedule } = campaign;
  if (schedule.mode !== 'recurring' || judged <= dueAt) return;
  const dates = occurrencesBetween(schedule, dueAt, judged).map(({ at }) => at);
  await audit(
    ctx,
    'campaign.occurrence_skipped',
    { type: 'campaign', id: campaign.id },
    { dates: dates.slice(0, 100), count: dates.length },
  );
}

/** Whether a run was begun for this date. */
export async function wasTaken(ctx: Ctx, campaignId: string, at: Date): Promise<boolean> {
  const run = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('occurrence_at', '=', at)
    .executeTakeFirst();
  return run !== undefined;
}

/** When the latest run of it ended; null: it had none, or it is under way. */
export async function lastEnd(ctx: Ctx, campaignId: string): Promise<Date | null> {
  const run = await ctx.db
    .selectFrom('runs')
    .select('finished_at')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return run?.finished_at ?? null;
}
