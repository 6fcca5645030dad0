// What cancelling a campaign costs, in words: nobody has it yet, a date is under way, or a series stands between two of its dates.
import type { Campaign } from '../../../contract/campaigns.ts';
import { inWords, zoneCity } from '../../../contract/zones.ts';
import { figure, people } from '../../ui/numbers.ts';

/** Of the run under way, where there is one. */
export interface UnderWay {
  sent: number;
  open: number;
}
export interface CancelWords {
  title: string;
  text: string;
  action: string;
  safe: string;
  /** What is asked where a date is under way and others follow. */
  scopes: { date: { label: string; help: string }; series: { label: string; help: string } } | null;
}
type Given = Pick<
  Campaign,
  'name' | 'status' | 'held' | 'launched_at' | 'schedule' | 'next_at' | 'occurrences' | 'moves'
>;

export function cancelWords(campaign: Given, { sent, open }: UnderWay, now = new Date()): CancelWords {
  const { status, held } = campaign;
  if (status === 'scheduled' || held)
    return {
      title: `Cancel “${campaign.name}”?`,
      text: `${campaign.launched_at ? betweenDates(campaign) : 'Nobody has received it. It is not sent'}, and this cannot be taken back; a duplicate begins as a draft.`,
      action: 'Cancel campaign',
      safe: 'Go back',
      scopes: null,
    };
  return {
    title: `Cancel sending to ${people(open)}?`,
    text: `${figure(sent)} ${sent === 1 ? 'message has gone out and stays where it is' : 'messages have gone out and stay where they are'}. ${people(open)} will not get it, and this cannot be taken back. Pause instead to go on later.`,
    action: 'Cancel sending',
    safe: status === 'sending' ? 'Keep sending' : 'Keep it paused',
    scopes: campaign.moves.includes('cancel_date') ? scopesOf(campaign, now) : null,
  };
}

function scopesOf({ occurrences, ...campaign }: Given, now: Date): CancelWords['scopes'] {
  const left = occurrences?.left ?? null;
  return {
    date: { label: 'This date only', help: `It goes on${nextWords(campaign, now)}.` },
    series: {
      label: `This and all later dates${left === null ? '' : ` (${figure(left)} later)`}`,
      help: 'Nothing more goes out. A duplicate begins as a draft.',
    },
  };
}

/** " with its next date, Fri, 27 Nov 2026, 09:00 in London". */
function nextWords({ schedule, next_at }: Pick<Given, 'schedule' | 'next_at'>, now: Date): string {
  if (!next_at || schedule.mode === 'now') return '';
  const next = new Date(next_at);
  const words = `${inWords(next, schedule.time_zone)} in ${zoneCity(schedule.time_zone)}`;
  return next > now
    ? ` with its next date, ${words}`
    : ` at once with its next date, which has come meanwhile: ${words}`;
}

function betweenDates({ occurrences }: Given): string {
  const done = occurrences?.done ?? 1;
  const gone =
    done === 1
      ? 'One date has gone out and stays as it is'
      : `${figure(done)} dates have gone out and stay as they are`;
  const left = occurrences?.left ?? null;
  return `${gone}. ${left === null ? 'No later date is sent' : left === 1 ? 'The one that is left is not sent' : `The ${figure(left)} that are left are not sent`}`;
}

/** Once it is done. */
export function cancelledWords(campaign: Campaign): string {
  if (campaign.status !== 'scheduled') return 'Campaign cancelled';
  return `This date is cancelled. The campaign goes on${nextWords(campaign, new Date())}.`;
}
