// What sending a plan would take as the connection stands, before anybody is messaged: a run of which everything is left, by
// the arithmetic of its report afterwards (outlook.ts).
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { roundedRate } from '../../../contract/forecast.ts';
import type { Content } from '../../../contract/message.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import type { Ctx } from '../../platform/context.ts';
import type { Wave } from '../pressure/quiet-rows.ts';
import { isPaid, type LaneState, readLane } from './lane-state.ts';
import { courseOf } from './outlook.ts';
import type { Stage } from './stage.ts';
import { costNote, whatsappCost } from './whatsapp-cost.ts';

/** Telegram asks 0.1 Stars for each message above its free rate (`allow_paid_broadcast`, core.telegram.org/bots/api#sendmessage, as of 2026-11). */
const starsPerMessage = 0.1;

export interface Planned {
  connection: { id: string; channel: Channel };
  settings: Partial<Settings>;
  count: Pick<AudienceCount, 'reachable' | 'in_quiet_hours' | 'quiet_until'>;
  /** Of WhatsApp, which charges by them: how many of the reachable are in which country, and what they would get. */
  countries?: Map<string | null, number>;
  content?: Pick<Content, 'whatsapp'>;
  /** When it would begin; not before now. */
  at: Date;
  /** Of a plan that meets everybody by their own clock: how many when. null: it goes to all at once. */
  hours: Wave[] | null;
}

/** Writes nothing. */
export async function sendForecast(ctx: Ctx, plan: Planned): Promise<SendForecast> {
  const { connection, settings, count, at } = plan;
  const messages = count.reachable;
  const now = await readLane(ctx, connection.id, { but: null });
  const paid = isPaid(now, settings);
  // a scheduled one finds what waits already done or not, and paid messages do not wait for it
  const lane: LaneState = at > ctx.clock.now() || paid ? { ...now, waiting: 0 } : now;
  const course = courseOf(
    {
      settings,
      left: messages,
      done: 0,
      batchDueAt: null,
      waves: wavesOf(plan),
      isLocal: plan.hours !== null,
      measured: 0,
      held: lane.isHeld,
      circuit: lane.isBroken ? 'open' : lane.circuit,
      canary: 'ahead',
      ab: 'ahead',
    },
    lane,
    at,
  );
  const finish = course.endMs === null ? null : Math.max(course.endMs, lastQuiet(plan));
  return {
    messages,
    per_second: roundedRate(course.perSecond),
    seconds: finish === null ? null : Math.max(0, Math.round((finish - at.getTime()) / 1000)),
    starts_at: at.toISOString(),
    finish_at: finish === null ? null : new Date(finish).toISOString(),
    wait: finish === null ? course.obstacle : course.wait,
    goes_first: course.stage && firstOf(course.stage),
    waiting: lane.waiting,
    warm_up: warmUpOf(lane),
    cost: factsOf(connection.channel).chargesPerMessage
      ? await whatsappCost(ctx, plan)
      : starsOf(paid, messages),
    batches: settings.batch ? Math.ceil(messages / settings.batch.size) : null,
    note: noteOf(lane, paid, plan),
  };
}

/** Whoever is counted as waiting is taken to wait for the last end of quiet hours: what is promised is rather late than early. */
function wavesOf({ count, hours }: Planned): Wave[] {
  if (hours) return shared(hours, count.reachable);
  return count.quiet_until && count.in_quiet_hours > 0
    ? [{ at: new Date(count.quiet_until), n: count.in_quiet_hours }]
    : [];
}

/** The hours are those of everybody who is meant; of them only so many are reachable. The earliest first. */
function shared(hours: Wave[], reachable: number): Wave[] {
  const all = hours.reduce((sum, { n }) => sum + n, 0);
  const share = all > reachable ? reachable / all : 1;
  return hours
    .map(({ at, n }) => ({ at, n: Math.ceil(n * share) }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function lastQuiet({ count }: Planned): number {
  return count.reachable > 0 && count.quiet_until ? Date.parse(count.quiet_until) : 0;
}

function firstOf({ reason, first, waitMs }: Stage): SendForecast['goes_first'] {
  return { reason, people: first, wait_seconds: waitMs === null ? null : waitMs / 1000 };
}

function warmUpOf({ warmUp: { day, dayLimits, days } }: LaneState): SendForecast['warm_up'] {
  const limit = day === null ? null : dayLimits?.[day - 1];
  return limit == null ? null : { limit_today: limit, left_today: days[0]?.leftToSend ?? 0 };
}

function starsOf(isPaid: boolean, messages: number): SendForecast['cost'] {
  return isPaid ? { kind: 'stars', amount: Math.ceil(messages * starsPerMessage) } : { kind: 'free' };
}

function noteOf(
  { waiting, warmUp }: LaneState,
  isPaid: boolean,
  { connection, content }: Planned,
): string | null {
  const notes = [
    waiting > 0
      ? `${waiting.toLocaleString('en')} messages of other campaigns wait on the same connection.`
      : '',
    isPaid ? 'Telegram asks Stars only for what goes out above its free rate.' : '',
    factsOf(connection.channel).chargesPerMessage ? costNote(content) : '',
    warmUp.day !== null ? 'The connection’s warm-up plan limits what goes out on each day.' : '',
  ].filter(Boolean);
  return notes.length > 0 ? notes.join(' ') : null;
}
