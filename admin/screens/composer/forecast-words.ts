// What sending would take, in words: how it goes, when everybody has the message or why nobody can say, and what stands in
// the way. The figures are the server's (GET /campaigns/{id}/forecast).
import type { Connection } from '../../../contract/connections.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import type { WaitReason } from '../../../contract/waits.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { counted, duration, figure, money, people } from '../../ui/numbers.ts';
import { clockSeconds, momentShort } from '../../ui/times.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { notKnown } from '../report/wait-words.ts';

/** Before anybody is messaged it is a person's turn only where they have asked for it. */
const ahead: Partial<Record<WaitReason, string>> = {
  canary: 'Once you have let the canary go on',
  variants: 'Once you have chosen the winner',
};
const stages = { canary: 'First, as a canary', variants: 'First, as an A/B test' } as const;

/** "About 14:30 London, in 3 min 0 s", or why nobody can say. `isLater`: it begins at an hour of its own. */
export function finishWords(
  { finish_at, seconds, wait }: SendForecast,
  { isBroken, isLater, zone }: { isBroken: boolean; isLater: boolean; zone: string },
): string {
  if (finish_at !== null && seconds !== null)
    return `About ${momentShort(finish_at, zone)} ${zoneCity(zone)}, ${isLater ? 'after' : 'in'} ${duration(seconds)}`;
  if (isBroken) return 'Once the connection is fixed';
  return wait ? (ahead[wait.reason] ?? notKnown[wait.reason]) : 'Not known yet';
}

/** What the platform asks for it. */
export function costWords(cost: SendForecast['cost']): string {
  if (cost === null) return 'Not known';
  if (cost.kind === 'free') return 'Free';
  if (cost.kind === 'stars') return `At most ${counted(cost.amount, 'Star', 'Stars')}`;
  const amount = Number(cost.amount);
  if (amount === 0 && cost.unpriced > 0) return 'Not known';
  return `${cost.is_default ? 'About' : 'At most'} ${money(amount, cost.currency)}`;
}

/** Where the figure comes from, when nobody of the workspace has checked it. */
export const isGuessed = (cost: SendForecast['cost']): boolean => cost?.kind === 'money' && cost.is_default;

/** What the figure leaves open: default prices, people without a price; null: nothing. */
export function costDoubt(cost: SendForecast['cost']): string | null {
  if (cost?.kind !== 'money') return null;
  const doubts = [
    ...(cost.is_default ? ['By default prices, to be checked'] : []),
    ...(cost.unpriced > 0 ? [`No price known for ${people(cost.unpriced)}`] : []),
  ];
  return doubts.join('. ') || null;
}

/** Who goes first, and what everybody else waits for. */
export function firstWords({
  reason,
  people: first,
  wait_seconds,
}: NonNullable<SendForecast['goes_first']>): {
  label: string;
  value: string;
} {
  const then = wait_seconds === null ? 'then it waits for you' : `then a wait of ${duration(wait_seconds)}`;
  // who is in a test is decided by lot, for each person alone
  return {
    label: stages[reason],
    value: `${reason === 'variants' ? 'About ' : ''}${people(first)}, ${then}`,
  };
}

/** Of a campaign with a test: what pressing Send does. */
export function testWords(testers: number): string {
  return `Send the test to ${counted(testers, 'person', 'people')}, then wait for your go`;
}

/** What a plan leaves for today, and what that means; null: there is none. */
export function warmUpWords({ warm_up, messages, waiting }: SendForecast, isLater: boolean): string | null {
  if (!warm_up) return null;
  if (isLater) return 'Its days limit what goes out on each of them';
  const { left_today: left, limit_today } = warm_up;
  if (left === 0) return 'Used up for today: nobody gets it before tomorrow';
  const today = `${counted(left, 'message', 'messages')} of ${figure(limit_today)} left today`;
  return waiting + messages > left ? `${today}, the others on the days after` : today;
}

/** bad: it would be refused. */
export interface Warning {
  tone: 'bad' | 'warn';
  words: string;
}

export function warningsOf(
  { wait, waiting }: SendForecast,
  {
    connection,
    isHeld,
    isLater,
    zone,
  }: { connection: Connection; isHeld: boolean; isLater: boolean; zone: string },
): Warning[] {
  const platform = channelWord(connection.channel);
  const { circuit, name } = connection;
  const warnings: Warning[] = [];
  const warn = (words: string) => warnings.push({ tone: 'warn', words });
  if (connection.status === 'error')
    warnings.push({
      tone: 'bad',
      words: `${name} cannot send at present. ${connection.problem ?? 'Fix it on the Connections page.'}`,
    });
  if (isHeld) warn('This workspace is held: nothing goes out until an owner or admin releases it.');
  if (circuit?.state === 'open')
    warn(
      `${platform} does not answer ${name} at present, since ${momentShort(circuit.since, zone)} ${zoneCity(zone)}. ${isLater ? 'If that is still so then, messages wait and go out by themselves once it answers.' : 'Messages wait, and go out by themselves once it answers.'}`,
    );
  else if (circuit)
    warn(
      `${platform} has been in trouble and answers ${name} again: at first messages go out one at a time.`,
    );
  if (wait?.reason === 'rate_limited' && wait.until)
    warn(
      `${platform} has asked ${name} to wait (429): nothing goes out before ${clockSeconds(wait.until, zone)} ${zoneCity(zone)}.`,
    );
  if (waiting > 0)
    warn(
      `${counted(waiting, 'message', 'messages')} of other campaigns wait on ${name} already. All of them share its rate.`,
    );
  return warnings;
}
