// What Send would mean for the connection as it stands: when everybody has the message, or why nobody can say, and what
// stands in the way, in words. The same arithmetic as in the report afterwards (contract/forecast.ts).
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Connection } from '../../../contract/connections.ts';
import { type Forecast, finishMs } from '../../../contract/forecast.ts';
import type { Limits } from '../../../contract/limits.ts';
import { instantOf, zoneCity } from '../../../contract/zones.ts';
import { counted, figure, people } from '../../ui/numbers.ts';
import { clockSeconds, momentShort } from '../../ui/times.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

export interface Plan {
  nowMs: number;
  /** When it begins; null: now. */
  at: Date | null;
  count: Pick<AudienceCount, 'reachable' | 'quiet_until'>;
  settings: Pick<Settings, 'messages_per_minute' | 'batch' | 'paid_broadcast' | 'canary'>;
  connection: Connection;
  limits: Limits;
  /** The workspace sends nothing until it is released. */
  isHeld: boolean;
  zone: string;
}

export interface Outlook {
  /** Epoch milliseconds; null: nobody can say. */
  finishMs: number | null;
  /** In place of the moment, where there is none. */
  finishWords: string | null;
  /** What goes out per second at most. */
  perSecond: number;
  /** What a plan leaves for today, and what that means. */
  warmUp: string | null;
  /** What stands in the way; bad: it would be refused. */
  warnings: { tone: 'bad' | 'warn'; words: string }[];
}

export function sendOutlook(plan: Plan): Outlook {
  const { connection, limits, settings, count, at } = plan;
  const paid = settings.paid_broadcast ? (limits.paid_broadcast?.per_second ?? null) : null;
  const perSecond = Math.min(
    paid ?? connection.rate_per_second,
    (settings.messages_per_minute ?? Number.POSITIVE_INFINITY) / 60,
  );
  const finishWords = notToSay(plan);
  const first = canaryPeople(settings.canary, count.reachable);
  const begins = at?.getTime() ?? plan.nowMs;
  const days = daysOf(limits.warm_up, plan.nowMs);
  const lane = { nowMs: begins, notBeforeMs: Date.parse(limits.rate_limited.until ?? '') || 0, days };
  const { batch } = settings;
  const own: Forecast = {
    ...lane,
    left: count.reachable,
    perSecond,
    batch: batch ? { size: batch.size, delayMs: batch.delay_seconds * 1000, done: 0 } : null,
  };
  // what waits already shares the connection, and a scheduled one finds it done or not
  const before = at || paid ? 0 : (limits.waiting.find((one) => one.priority === 'broadcast')?.count ?? 0);
  const ends = [
    finishMs(own),
    finishMs({ ...lane, left: before + count.reachable, perSecond: paid ?? connection.rate_per_second }),
  ];
  const canaryMs = first === null ? 0 : (settings.canary?.wait_minutes ?? 0) * 60_000;
  const end = ends.includes(null) ? null : Math.max(...(ends as number[])) + canaryMs;
  return {
    finishMs:
      finishWords !== null || end === null ? null : Math.max(end, Date.parse(count.quiet_until ?? '') || 0),
    finishWords: finishWords ?? (end === null ? 'Not known yet' : null),
    perSecond,
    warmUp: warmUpWords(plan, before),
    warnings: warningsOf(plan, before),
  };
}

/** How many a canary tries first; null: none, or it is not needed. */
export function canaryPeople(canary: Settings['canary'], reachable: number): number | null {
  if (!canary) return null;
  const { size } = canary;
  const first = 'people' in size ? size.people : Math.max(1, Math.ceil((reachable * size.percent) / 100));
  return first < reachable ? first : null;
}

function notToSay({ connection, isHeld, settings, count }: Plan): string | null {
  if (connection.status === 'error') return 'Once the connection is fixed';
  if (isHeld) return 'After the release';
  if (connection.circuit) return 'Once the platform answers';
  if (settings.canary?.when_passed === 'ask' && canaryPeople(settings.canary, count.reachable) !== null)
    return 'Once you have let the canary go on';
  return null;
}

/** What each day of the plan still allows, today first, up to the midnights of its zone. */
function daysOf(
  { day_limits, day, used_today, time_zone }: Limits['warm_up'],
  nowMs: number,
): Forecast['days'] {
  if (!day_limits || day === null) return [];
  return day_limits.slice(day - 1).map((limit, index) => ({
    leftToSend: Math.max(0, limit - (index === 0 ? used_today : 0)),
    endsAtMs: midnight(index + 1, time_zone, nowMs),
  }));
}

/** The beginning of a later day, so many days from today. */
function midnight(days: number, zone: string, nowMs: number): number {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(nowMs);
  const day = new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  return instantOf(`${day}T00:00`, zone).at.getTime();
}

function warmUpWords({ limits, count, at }: Plan, before: number): string | null {
  const { day, limit_today, used_today } = limits.warm_up;
  if (day === null || limit_today === null) return null;
  if (at) return 'Its days limit what goes out on each of them';
  const left = Math.max(0, limit_today - used_today);
  if (left === 0) return 'Used up for today: nobody gets it before tomorrow';
  const today = `${counted(left, 'message', 'messages')} of ${figure(limit_today)} left today`;
  return before + count.reachable > left ? `${today}, the others on the days after` : today;
}

function warningsOf({ connection, limits, isHeld, at, zone }: Plan, before: number): Outlook['warnings'] {
  const platform = channelWord(connection.channel);
  const { circuit, name } = connection;
  const warnings: Outlook['warnings'] = [];
  if (connection.status === 'error')
    warnings.push({
      tone: 'bad',
      words: `${name} cannot send at present. ${connection.problem ?? 'Fix it on the Connections page.'}`,
    });
  if (isHeld)
    warnings.push({
      tone: 'warn',
      words: 'This workspace is held: nothing goes out until an owner or admin releases it.',
    });
  if (circuit)
    warnings.push({
      tone: 'warn',
      words:
        circuit.state === 'open'
          ? `${platform} does not answer ${name} at present, since ${momentShort(circuit.since, zone)} ${zoneCity(zone)}. ${at ? 'If that is still so then, messages wait and go out by themselves once it answers.' : 'Messages wait, and go out by themselves once it answers.'}`
          : `${platform} has been in trouble and answers ${name} again: at first messages go out one at a time.`,
    });
  const { until } = limits.rate_limited;
  if (until && !at)
    warnings.push({
      tone: 'warn',
      words: `${platform} has asked ${name} to wait (429): nothing goes out before ${clockSeconds(until, zone)} ${zoneCity(zone)}.`,
    });
  if (before > 0)
    warnings.push({
      tone: 'warn',
      words: `${people(before)} of other campaigns wait on ${name} already. All of them share its rate.`,
    });
  return warnings;
}
