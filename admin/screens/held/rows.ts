// Campaigns and direct messages as rows of one table.
import type { CampaignStatus } from '../../../contract/campaigns.ts';
import type { Held, HeldCampaign } from '../../../contract/held.ts';
import { counted, people } from '../../ui/numbers.ts';
import type { Choice } from './use-decision.ts';

export interface WaitingRow {
  key: string;
  name: string;
  campaignId: string | null;
  status: CampaignStatus | null;
  paused: boolean;
  from: string;
  /** In words: "12 people". */
  waiting: string;
  count: number;
  note: string | null;
  since: string | null;
  scheduledAt: string | null;
  timeZone: string | null;
  released: boolean;
  choice: Choice;
}

export function rowsOf(held: Held): WaitingRow[] {
  return [
    ...held.campaigns.map(campaignRow),
    ...held.direct.map((row) => ({
      key: row.connection_id,
      name: `Replies and tests of ${row.connection_name}`,
      campaignId: null,
      status: null,
      paused: false,
      from: row.connection_name,
      waiting: counted(row.replies + row.tests, 'message', 'messages'),
      count: row.replies + row.tests,
      note: `${counted(row.replies, 'reply', 'replies')}, ${counted(row.tests, 'test', 'tests')}`,
      since: row.since,
      scheduledAt: null,
      timeZone: null,
      released: held.direct_released,
      choice: { direct: true },
    })),
  ];
}

function campaignRow(row: HeldCampaign): WaitingRow {
  const paused = row.status === 'paused';
  return {
    key: row.campaign_id,
    name: row.name,
    campaignId: row.campaign_id,
    status: row.status,
    paused,
    from: row.connection_name ?? 'No connection',
    waiting: row.status === 'scheduled' ? 'Its audience' : people(row.waiting),
    count: row.waiting,
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
