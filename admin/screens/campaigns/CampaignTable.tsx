// The rows of the campaign list. Percentages are shares of what was sent; what a channel does not report is said.
import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { moment } from '../../ui/times.ts';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import { CampaignMenu } from './CampaignMenu.tsx';
import css from './Campaigns.module.css';
import { Dash, Delivered, Rate } from './Rates.tsx';
import { Star } from './Star.tsx';
import { campaignState, isHeld } from './state.ts';
import { isEditable, StatusBadge, typeWords } from './status.tsx';

/** Figures of the campaigns that were sent: one small request each, kept until something changes. */
function useReports(rows: Campaign[]): Map<string, Report> {
  const sent = rows.filter((campaign) => campaign.launched_at);
  const results = useQueries({
    queries: sent.map((campaign) => ({
      queryKey: keys.report(campaign.id),
      queryFn: () => api.get<Report>(`/campaigns/${campaign.id}/report`),
      staleTime: 60_000,
    })),
  });
  const found = new Map<string, Report>();
  sent.forEach((campaign, index) => {
    const data = results[index]?.data;
    if (data) found.set(campaign.id, data);
  });
  return found;
}

/** Has a time of its own and was not sent yet. */
function planned(campaign: Campaign): boolean {
  return campaign.scheduled_at !== null && (campaign.status === 'scheduled' || isHeld(campaign));
}

function settled(report: Report): number {
  return report.planned - report.queued - report.sending;
}

export function CampaignTable({ rows, stale }: { rows: Campaign[]; stale: boolean }) {
  const navigate = useNavigate();
  const zone = useZone();
  const reports = useReports(rows);
  const to = (campaign: Campaign) =>
    isEditable(campaign) ? ('/campaigns/$id/edit' as const) : ('/campaigns/$id' as const);
  const done = (campaign: Campaign) => {
    const report = reports.get(campaign.id);
    return report ? share(settled(report), report.planned) : undefined;
  };
  const when = (campaign: Campaign) =>
    campaign.launched_at
      ? moment(campaign.launched_at, zone)
      : planned(campaign)
        ? moment(campaign.scheduled_at as string, zoneOf(campaign))
        : 'Not sent yet';
  /** The zone that its time is told in: its own until it is sent. */
  const zoneOf = (campaign: Campaign) =>
    planned(campaign) && campaign.schedule.mode === 'at' ? campaign.schedule.time_zone : zone;
  const name = (campaign: Campaign, twoLines = false) => (
    <Link
      to={to(campaign)}
      params={{ id: campaign.id }}
      className={`${twoLines ? css.clamp : 'ellipsis'} ${css.name}`}
      dir="auto"
      title={campaign.name}
    >
      {campaign.name}
    </Link>
  );

  // Telegram says what it took, not what arrived.
  const telegramOnly = rows.every((row) => !row.channel || row.channel === 'telegram');
  const columns: Column<Campaign>[] = [
    { key: 'star', header: 'Featured', quiet: true, width: 40, render: (row) => <Star campaign={row} /> },
    {
      key: 'number',
      header: 'No.',
      width: 48,
      from: 1360,
      render: (row) => <span className="t3">{row.number}</span>,
    },
    {
      key: 'name',
      header: 'Name',
      render: (row) => (
        <div className="col">
          {name(row)}
          {row.status_reason ? (
            <span className="small bad ellipsis" title={row.status_reason}>
              {row.status_reason}
            </span>
          ) : (
            <span className="small t3">{typeWords[row.type]}</span>
          )}
        </div>
      ),
    },
    {
      key: 'channel',
      header: 'Platform',
      width: 112,
      from: 1200,
      render: (row) =>
        row.channel ? (
          <span className="row">
            <ChannelTile channel={row.channel} />
            {channelWord(row.channel)}
          </span>
        ) : (
          <span className="t3">Not chosen</span>
        ),
    },
    {
      key: 'status',
      header: 'Status',
      width: 136,
      render: (row) => (
        <div className="col">
          <span>
            <StatusBadge state={campaignState(row, reports.get(row.id)?.wait)} done={done(row)} />
          </span>
          <Unsettled campaign={row} />
        </div>
      ),
    },
    {
      key: 'when',
      header: 'Sent',
      width: 148,
      render: (row) =>
        row.launched_at || planned(row) ? (
          <div className="col">
            <span className="nowrap">{when(row)}</span>
            <span className="small t3 ellipsis">
              {planned(row) && `${row.status === 'scheduled' ? 'planned' : 'was due'}, `}
              {zoneOf(row)}
            </span>
          </div>
        ) : (
          <span className="t3">{when(row)}</span>
        ),
    },
    {
      key: 'audience',
      header: 'Audience',
      width: 80,
      align: 'right',
      render: (row) => (reports.has(row.id) ? figure(reports.get(row.id)?.planned ?? 0) : <Dash />),
    },
    {
      key: 'delivered',
      header: telegramOnly ? 'Accepted' : 'Delivered',
      width: 104,
      render: (row) => <Delivered report={reports.get(row.id)} />,
    },
    {
      key: 'read',
      header: 'Read',
      width: 100,
      from: 1360,
      render: (row) => <Rate report={reports.get(row.id)} of="read" />,
    },
    {
      key: 'replied',
      header: 'Replied',
      width: 84,
      from: 1200,
      render: (row) => <Rate report={reports.get(row.id)} of="replied" />,
    },
    {
      key: 'menu',
      header: 'Actions',
      quiet: true,
      width: 44,
      render: (row) => <CampaignMenu campaign={row} />,
    },
  ];

  return (
    <DataTable
      label="Campaigns"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      stale={stale}
      onOpen={(row) => void navigate({ to: to(row), params: { id: row.id } })}
      card={(row) => (
        <>
          <div className="row">
            {row.channel && <ChannelTile channel={row.channel} />}
            <span className="grow">{name(row, true)}</span>
            <Star campaign={row} />
            <CampaignMenu campaign={row} />
          </div>
          <div className="row wrap" style={{ marginTop: 4 }}>
            <StatusBadge state={campaignState(row, reports.get(row.id)?.wait)} done={done(row)} />
            <Unsettled campaign={row} />
            <span className="small">
              {when(row)} {(row.launched_at || planned(row)) && <span className="t3">{zoneOf(row)}</span>}
            </span>
          </div>
          {row.status_reason && (
            <div style={{ marginTop: 8 }}>
              <Note tone="bad">{row.status_reason}</Note>
            </div>
          )}
          {reports.has(row.id) && (
            <dl className={css.figures}>
              <div>
                <dt>Audience</dt>
                <dd>{figure(reports.get(row.id)?.planned ?? 0)}</dd>
              </div>
              <div>
                <dt>{row.channel === 'telegram' ? 'Accepted' : 'Delivered'}</dt>
                <dd>
                  <Delivered report={reports.get(row.id)} />
                </dd>
              </div>
              <div>
                <dt>Read</dt>
                <dd>
                  <Rate report={reports.get(row.id)} of="read" />
                </dd>
              </div>
              <div>
                <dt>Replied</dt>
                <dd>
                  <Rate report={reports.get(row.id)} of="replied" />
                </dd>
              </div>
            </dl>
          )}
        </>
      )}
    />
  );
}

/** "12 unknown: settle", where nobody knows whether people got it. */
function Unsettled({ campaign }: { campaign: Campaign }) {
  if (campaign.unknown === 0) return null;
  return (
    <Link
      to="/campaigns/$id/reconciliation"
      params={{ id: campaign.id }}
      className={`small nowrap ${css.unsettled}`}
      aria-label={`${figure(campaign.unknown)} unknown in ${campaign.name}: settle`}
    >
      {figure(campaign.unknown)} unknown: settle
    </Link>
  );
}
