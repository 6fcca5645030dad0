// What sending a plan would take as the connection stands: the arithmetic of the report afterwards (contract/forecast.ts),
// before anybody is messaged.
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { type Forecast, finishMs, roundedRate } from '../../../contract/forecast.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import { adapterOf } from '../../channels/registry.ts';
import type { Ctx } from '../../platform/context.ts';
import { waitingForBroadcast } from './limits.ts';
import { readRefusals } from './refusals.ts';
import { readWarmUp, resumesAt, type WarmUpState } from './warm-up.ts';

/** Telegram asks 0.1 Stars for each message above its free rate (`allow_paid_broadcast`, core.telegram.org/bots/api#sendmessage, as of 2026-11). */
const starsPerMessage = 0.1;

export interface Planned {
  connection: { id: string; channel: Channel };
  settings: Pick<Settings, 'messages_per_minute' | 'batch' | 'paid_broadcast' | 'canary'>;
  count: Pick<AudienceCount, 'reachable' | 'quiet_until'>;
  /** When it would begin; not before now. */
  at: Date;
}

/** Writes nothing. */
export async function sendForecast(ctx: Ctx, plan: Planned): Promise<SendForecast> {
  const now = ctx.clock.now();
  const { connection, settings, count, at } = plan;
  const messages = count.reachable;
  const [lane, refusals, warmUp, waiting] = await Promise.all([
    laneOf(ctx, connection.id),
    readRefusals(ctx, connection.id),
    readWarmUp(ctx, ctx.actor.workspaceId, connection.id),
    waitingForBroadcast(ctx, connection.id),
  ]);
  const { pace } = adapterOf(connection.channel);
  const paid = settings.paid_broadcast ? pace.paidPerSecond : null;
  const allowed = paid ?? Math.min(lane.learnedRate ?? pace.perSecond, pace.perSecond);
  const perSecond = Math.min(allowed, (settings.messages_per_minute ?? Number.POSITIVE_INFINITY) / 60);
  const isNow = at <= now;
  const wait = obstacle(plan, { lane, isNow, until: refusals.until, warmUp });
  const shared = { nowMs: at.getTime(), notBeforeMs: refusals.until?.getTime() ?? 0, days: warmUp.days };
  const { batch } = settings;
  const own: Forecast = {
    ...shared,
    left: messages,
    perSecond,
    batch: batch && { size: batch.size, delayMs: batch.delay_seconds * 1000, done: 0 },
  };
  // what waits already shares the connection; a scheduled one finds it done or not, and paid messages do not wait for it
  const before = isNow && paid === null ? waiting : 0;
  const ends = [finishMs(own), finishMs({ ...shared, left: before + messages, perSecond: allowed })];
  const canaryMs = hasCanary(settings.canary, messages) ? (settings.canary?.wait_minutes ?? 0) * 60_000 : 0;
  const endless = ends.includes(null) || wait?.until === null;
  const finish = endless
    ? null
    : Math.max(Math.max(...(ends as number[])) + canaryMs, Date.parse(count.quiet_until ?? '') || 0);
  return {
    messages,
    per_second: roundedRate(perSecond),
    seconds: finish === null ? null : Math.max(0, Math.round((finish - at.getTime()) / 1000)),
    starts_at: at.toISOString(),
    finish_at: finish === null ? null : new Date(finish).toISOString(),
    wait,
    cost: costOf(connection.channel, paid !== null, messages),
    batches: batch ? Math.ceil(messages / batch.size) : null,
    note: noteOf({ before, paid: paid !== null, hasPlan: warmUp.day !== null }),
  };
}

interface Lane {
  learnedRate: number | null;
  isBroken: boolean;
  isOpen: boolean;
  isHeld: boolean;
}

async function laneOf(ctx: Ctx, connectionId: string): Promise<Lane> {
  const row = await ctx.db
    .selectFrom('connections as c')
    .innerJoin('workspaces as w', 'w.id', 'c.workspace_id')
    .select(['c.learned_rate', 'c.status', 'c.circuit', 'w.held_at'])
    .where('c.workspace_id', '=', ctx.actor.workspaceId)
    .where('c.id', '=', connectionId)
    .executeTakeFirstOrThrow();
  return {
    learnedRate: row.learned_rate,
    isBroken: row.status === 'error',
    isOpen: row.circuit === 'open',
    isHeld: row.held_at !== null,
  };
}

/** What keeps it from going out; `until` null: nobody can say how long. */
function obstacle(
  { settings, count }: Planned,
  { lane, isNow, until, warmUp }: { lane: Lane; isNow: boolean; until: Date | null; warmUp: WarmUpState },
): SendForecast['wait'] {
  if (lane.isHeld) return { reason: 'held', until: null };
  if (lane.isBroken || lane.isOpen) return { reason: 'circuit', until: null };
  if (settings.canary?.when_passed === 'ask' && hasCanary(settings.canary, count.reachable))
    return { reason: 'canary', until: null };
  if (!isNow) return null;
  if (until) return { reason: 'rate_limited', until: until.toISOString() };
  const resumes = resumesAt(warmUp);
  return resumes && { reason: 'warm_up', until: resumes.toISOString() };
}

/** A canary of everybody is none. */
function hasCanary(canary: Settings['canary'], messages: number): boolean {
  if (!canary) return false;
  const { size } = canary;
  const first = 'people' in size ? size.people : Math.max(1, Math.ceil((messages * size.percent) / 100));
  return first < messages;
}

function costOf(channel: Channel, isPaid: boolean, messages: number): SendForecast['cost'] {
  if (channel === 'whatsapp') return null;
  return isPaid ? { kind: 'stars', amount: Math.ceil(messages * starsPerMessage) } : { kind: 'free' };
}

function noteOf({
  before,
  paid,
  hasPlan,
}: {
  before: number;
  paid: boolean;
  hasPlan: boolean;
}): string | null {
  const notes = [
    before > 0
      ? `${before.toLocaleString('en')} messages of other campaigns wait on the same connection.`
      : '',
    paid ? 'Telegram asks Stars only for what goes out above its free rate.' : '',
    hasPlan ? 'The connection’s warm-up plan limits what goes out on each day.' : '',
  ].filter(Boolean);
  return notes.length > 0 ? notes.join(' ') : null;
}
