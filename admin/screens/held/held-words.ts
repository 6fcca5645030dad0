// What is held, and what a decision about it does, in words: what begins at once, what waits for its hour, what stays paused.
import type { Held, HeldCampaign } from '../../../contract/held.ts';
import { counted, people } from '../../ui/numbers.ts';
import type { WaitingRow } from './rows.ts';

const campaigns = (value: number) => counted(value, 'campaign', 'campaigns');
const messages = (value: number) => counted(value, 'message', 'messages');
const sum = (rows: HeldCampaign[], field: 'waiting' | 'unknown_to_resend') =>
  rows.reduce((all, row) => all + row[field], 0);

/** What is still to be decided, sorted by what a release would do with it. */
function sorted(held: Held, nowMs: number) {
  const open = held.campaigns.filter((row) => !row.released);
  const scheduled = open.filter((row) => row.status === 'scheduled');
  const isPast = (row: HeldCampaign) => row.scheduled_at !== null && Date.parse(row.scheduled_at) <= nowMs;
  return {
    running: open.filter((row) => row.waiting > 0 && row.status !== 'paused' && row.status !== 'scheduled'),
    paused: open.filter((row) => row.status === 'paused'),
    missed: scheduled.filter(isPast),
    later: scheduled.filter((row) => !isPast(row)),
    again: sum(
      open.filter((row) => row.status !== 'paused'),
      'unknown_to_resend',
    ),
    direct: held.direct_released ? 0 : held.direct.reduce((all, row) => all + row.replies + row.tests, 0),
  };
}

/** "60 people in 2 campaigns, 1 scheduled campaign": beside the heading of the list. */
export function summary(held: Held): string {
  const { running, paused, missed, later, again, direct } = sorted(held, 0);
  const scheduled = missed.length + later.length;
  const parts = [
    running.length > 0 && `${people(sum(running, 'waiting'))} in ${campaigns(running.length)}`,
    again > 0 && `${people(again)} of unknown outcome`,
    direct > 0 && counted(direct, 'reply or test', 'replies and tests'),
    scheduled > 0 && counted(scheduled, 'scheduled campaign', 'scheduled campaigns'),
    paused.length > 0 && counted(paused.length, 'paused campaign', 'paused campaigns'),
  ];
  return parts.filter(Boolean).join(', ');
}

/** What happens at once, what later, and what it may cost. */
export function releaseAllWords(held: Held, nowMs: number): string {
  const { running, paused, missed, later, again, direct } = sorted(held, nowMs);
  const atOnce = [
    running.length > 0 && `to ${people(sum(running, 'waiting'))} in ${campaigns(running.length)}`,
    direct > 0 && `of ${counted(direct, 'reply or test', 'replies and tests')}`,
  ].filter(Boolean);
  const sentences = [
    atOnce.length > 0 && `The sending ${atOnce.join(' and ')} begins at once.`,
    again > 0 && `${people(again)} of unknown outcome ${again === 1 ? 'is' : 'are'} sent the message again.`,
    atOnce.length + again > 0 && 'Whoever got one of these after the backup was made gets it a second time.',
    missed.length > 0 &&
      `${counted(missed.length, 'scheduled campaign whose hour has passed goes by its rule for missed hours: it may go at once', 'scheduled campaigns whose hour has passed go by their rule for missed hours: they may go at once')}.`,
    later.length > 0 &&
      `${counted(later.length, 'scheduled campaign waits for its hour', 'scheduled campaigns wait for their hour')}.`,
    paused.length > 0 &&
      `${counted(paused.length, 'paused campaign stays paused', 'paused campaigns stay paused')}.`,
    atOnce.length + again + missed.length === 0 && 'Nothing goes out at once.',
    'From now on this workspace sends as usual. This cannot be taken back.',
  ];
  return sentences.filter(Boolean).join(' ');
}

/** Said once it is done. */
export function releasedWords(held: Held): string {
  const { running, again, direct } = sorted(held, 0);
  return running.length + again + direct > 0
    ? 'Released: what was waiting is being sent'
    : 'Released: this workspace sends again';
}

export function releaseWords(row: WaitingRow, nowMs: number): string {
  if (row.scheduledAt)
    return Date.parse(row.scheduledAt) > nowMs
      ? 'It goes out at its hour.'
      : 'Its hour has passed: its rule for missed hours decides, and it may go out at once.';
  if (!row.campaignId)
    return `${row.count === 1 ? 'It goes' : `All ${messages(row.count)} go`} out at once, and so does every reply and test of this workspace from now on.`;
  const twice = 'Whoever got it after the backup was made gets it a second time.';
  const again =
    row.again > 0 &&
    `${people(row.again)} of unknown outcome ${row.again === 1 ? 'is' : 'are'} sent it again by the campaign’s own rule.`;
  if (row.paused)
    return `It stays paused: ${people(row.count)} ${row.count === 1 ? 'waits' : 'wait'} until somebody resumes it. ${twice}`;
  const begins = row.count > 0 && `The sending to ${people(row.count)} begins at once.`;
  return [begins, again, twice].filter(Boolean).join(' ');
}

export function discardWords(row: WaitingRow): string {
  if (row.scheduledAt)
    return 'It is not sent at its hour, and this cannot be taken back. Duplicate it to plan it again.';
  if (!row.campaignId)
    return `${counted(row.count, 'message is', 'messages are')} not sent. This cannot be taken back.`;
  const unknown =
    row.again > 0 &&
    `${people(row.again)} of unknown outcome ${row.again === 1 ? 'is' : 'are'} not sent it again by the campaign’s own rule; a person decides in its report.`;
  const waiting =
    row.count > 0 &&
    `${people(row.count)} will not get it any more, and this cannot be taken back. What was sent stays in its report.`;
  return [waiting, unknown].filter(Boolean).join(' ');
}
