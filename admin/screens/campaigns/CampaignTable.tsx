// The rows of the campaign list. Percentages are shares of what was sent; what a channel does not report is said.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { moment } from '../../ui/times.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import { CampaignMenu } from './CampaignMenu.tsx';
import css from './Campaigns.module.css';
import { StatusBadge, typeWords } from './status.tsx';

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

function settled(report: Report): number {
  return report.planned - report.queued - report.sending;
}

export function CampaignTable({ rows, stale }: { rows: Campaign[]; stale: boolean }) {
  const navigate = useNavigate();
  const zone = useZone();
  const reports = useReports(rows);
  const to = (campaign: Campaign) =>
    campaign.status === 'draft' ? ('/campaigns/$id/edit' as const) : ('/campaigns/$id' as const);
  const done = (campaign: Campaign) => {
    const report = reports.get(campaign.id);
    return report ? share(settled(report), report.planned) : undefined;
  };
  const when = (campaign: Campaign) =>
    campaign.launched_at ? moment(campaign.launched_at, zone) : 'Not sent yet';
  const name = (campaign: Campaign) => (
    <Link
      to={to(campaign)}
      params={{ id: campaign.id }}
      className={`ellipsis ${css.name}`}
      title={campaign.name}
    >
      {campaign.name}
    </Link>
  );

  const columns: Column<Campaign>[] = [
    { key: 'star', header: 'Featured', quiet: true, width: 40, render: (row) => <Star campaign={row} /> },
    {
      key: 'number',
      header: 'No.',
      width: 48,
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
      render: (row) => <StatusBadge status={row.status} done={done(row)} />,
    },
    {
      key: 'when',
      header: 'Sent',
      width: 148,
      render: (row) =>
        row.launched_at ? (
          <div className="col">
            <span className="nowrap">{when(row)}</span>
            <span className="small t3">{zone}</span>
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
      header: 'Delivered',
      width: 104,
      render: (row) => <Delivered report={reports.get(row.id)} />,
    },
    {
      key: 'read',
      header: 'Read',
      width: 100,
      render: (row) => <Rate report={reports.get(row.id)} of="read" />,
    },
    {
      key: 'replied',
      header: 'Replied',
      width: 84,
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
            <span className="grow ellipsis">{name(row)}</span>
            <Star campaign={row} />
            <CampaignMenu campaign={row} />
          </div>
          <div className="row wrap" style={{ marginTop: 4 }}>
            <StatusBadge status={row.status} done={done(row)} />
            <span className="small">
              {when(row)} {row.launched_at && <span className="t3">{zone}</span>}
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
                <dt>Delivered</dt>
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

const Dash = () => <span className="t3">–</span>;

function Rate({ report, of }: { report: Report | undefined; of: 'read' | 'replied' }) {
  if (!report || report.sent === 0) return <Dash />;
  const value = report[of];
  if (value === null) return <span className={css.unreported}>Not reported</span>;
  return (
    <span className={css.rate}>
      {share(value, report.sent)}
      <Meter value={value / report.sent} />
    </span>
  );
}

function Delivered({ report }: { report: Report | undefined }) {
  if (!report || report.planned === 0) return <Dash />;
  const tried = report.sent + report.failed + report.unknown;
  if (tried === 0) return <Dash />;
  if (report.delivered === null)
    return (
      <Tooltip label="Accepted by Telegram. Telegram does not report delivery.">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is reached by keyboard too */}
        <span className={css.rate} tabIndex={0}>
          <span className={css.dotted}>{share(report.sent, tried)}</span>
          <Meter value={report.sent / tried} />
        </span>
      </Tooltip>
    );
  if (report.sent === 0) return <Dash />;
  return (
    <span className={css.rate}>
      {share(report.delivered, report.sent)}
      <Meter value={report.delivered / report.sent} />
    </span>
  );
}

/** Marks a campaign as featured at once and takes it back if the server refuses. */
export function Star({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const [wanted, setWanted] = useState<boolean | null>(null);
  const on = wanted ?? campaign.featured;
  const toggle = async () => {
    if (wanted !== null) return;
    setWanted(!on);
    try {
      const changed = await api.patch<Campaign>(`/campaigns/${campaign.id}`, { featured: !on });
      client.setQueryData(keys.campaign(campaign.id), changed);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
    } catch (error) {
      tellProblem('The star could not be changed', error);
    } finally {
      setWanted(null);
    }
  };
  return (
    <Tooltip label={write.reason ?? (on ? 'Featured: listed first' : 'Feature: list first')}>
      <ActionIcon
        variant="subtle"
        aria-pressed={on}
        aria-label={`Feature ${campaign.name}`}
        aria-disabled={!write.may || undefined}
        onClick={() => write.may && void toggle()}
      >
        {on ? (
          <IconStarFilled size={16} style={{ color: 'var(--c-bronze)' }} />
        ) : (
          <IconStar size={16} stroke={1.75} />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
