// Campaigns and direct messages as rows of one table.
import type { Held, HeldCampaign } from '../../../contract/held.ts';
import { counted, people } from '../../ui/numbers.ts';
import type { CampaignState } from '../campaigns/state.ts';
import type { Choice } from './use-decision.ts';

export interface WaitingRow {
  key: string;
  name: string;
  campaignId: string | null;
  state: CampaignState | null;
  paused: boolean;
  from: string;
  /** In words: "12 people". */
  waiting: string;
  count: number;
  /** Of unknown outcome, sent again by the campaign's own rule. */
  again: number;
  note: string | null;
  since: string | null;
  scheduledAt: string | null;
  timeZone: string | null;
  released: boolean;
  choice: Choice;
}

export function rowsOf(held: Held): WaitingRow[] {
  return [...held.campaigns.map(campaignRow), ...directRow(held)];
}

/** Replies and tests are let go or given up all together, so they are one row whatever connection they are on. */
function directRow({ direct, direct_released }: Held): WaitingRow[] {
  if (direct.length === 0) return [];
  const replies = direct.reduce((all, row) => all + row.replies, 0);
  const tests = direct.reduce((all, row) => all + row.tests, 0);
  const [first] = direct.map((row) => row.since).sort();
  return [
    {
      key: 'direct',
      name: 'Replies and tests',
      campaignId: null,
      state: null,
      paused: false,
      from:
        direct.length === 1
          ? (direct[0]?.connection_name ?? '')
          : counted(direct.length, 'connection', 'connections'),
      waiting: counted(replies + tests, 'message', 'messages'),
      count: replies + tests,
      again: 0,
      note: `${counted(replies, 'reply', 'replies')}, ${counted(tests, 'test', 'tests')}`,
      since: first ?? null,
      scheduledAt: null,
      timeZone: null,
      released: direct_released,
      choice: { direct: true },
    },
  ];
}

function campaignRow(row: HeldCampaign): WaitingRow {
  const paused = row.status === 'paused';
  return {
    key: row.campaign_id,
    name: row.name,
    campaignId: row.campaign_id,
    state: row.status === 'sending' && !row.released ? 'held' : row.status,
    paused,
    from: row.connection_name ?? 'No connection',
    waiting:
      row.status === 'scheduled' ? 'Its audience' : row.waiting > 0 ? people(row.waiting) : 'Nobody new',
    count: row.waiting,
    again: row.unknown_to_resend,
    note:
      row.unknown_to_resend > 0
        ? `${people(row.unknown_to_resend)} of unknown outcome would be sent it again`
        : paused
          ? 'Paused: goes out only when somebody resumes it'
          : null,
    since: row.since,
    scheduledAt: row.scheduled_at,
    timeZone: row.time_zone,
    released: row.released,
    choice: { campaign_ids: [row.campaign_id] },
  };
}
