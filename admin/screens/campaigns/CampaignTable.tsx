// The rows of the campaign list. Percentages are shares of what was sent; what a channel does not report is said.
import { Tooltip } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ListedCampaign } from '../../../contract/campaign-list.ts';
import type { Report } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { type Column, DataTable, type RowChoice } from '../../ui/DataTable.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { moment, momentIn } from '../../ui/times.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import { CampaignMenu } from './CampaignMenu.tsx';
import css from './Campaigns.module.css';
import { Dash, Delivered, Rate } from './Rates.tsx';
import { Star } from './Star.tsx';
import { campaignState, isHeld } from './state.ts';
import { homeOf, StatusBadge, typeWords } from './status.tsx';

/** What keeps those that are being sent at this moment: one small request each, for the few there are. */
function useWaits(rows: ListedCampaign[]): Map<string, Report['wait']> {
  const sending = rows.filter((campaign) => campaign.status === 'sending');
  const results = useQueries({
    queries: sending.map((campaign) => ({
      queryKey: keys.report(campaign.id),
      queryFn: () => api.get<Report>(`/campaigns/${campaign.id}/report`),
      staleTime: 60_000,
    })),
  });
  return new Map(sending.map((campaign, index) => [campaign.id, results[index]?.data?.wait ?? null]));
}

/** Goes out at a time of its own, or was due then. */
function isScheduled(campaign: ListedCampaign): boolean {
  return campaign.scheduled_at !== null && (campaign.status === 'scheduled' || isHeld(campaign));
}

/** A draft whose hour is chosen: nothing goes out then unless it is scheduled. */
const isPlanned = ({ status, scheduled_at }: ListedCampaign) => status === 'draft' && scheduled_at !== null;

type ByOwnClock = ListedCampaign & { schedule: { mode: 'recipient_local'; local: string } };
/** Everybody is met at the chosen hour; `scheduled_at` is where the earliest of them live. */
const isByOwnClock = (campaign: ListedCampaign): campaign is ByOwnClock =>
  campaign.schedule.mode === 'recipient_local' && (isScheduled(campaign) || isPlanned(campaign));

function timeWord(campaign: ListedCampaign): string {
  if (isPlanned(campaign)) return 'not scheduled yet';
  if (campaign.status !== 'scheduled') return 'was due';
  return campaign.launched_at ? 'next' : 'scheduled';
}

interface Props {
  rows: ListedCampaign[];
  stale: boolean;
  sort: string;
  onSort: (sort: string) => void;
  choice: RowChoice<ListedCampaign>;
  headCovered: boolean;
}

export function CampaignTable({ rows, stale, sort, onSort, choice, headCovered }: Props) {
  const navigate = useNavigate();
  const zone = useZone();
  const waits = useWaits(rows);
  /** First in the direction that is mostly meant, then turned around. */
  const sortable = (column: string, first: '' | '-' = '') => {
    const [one, other] = [`${first}${column}`, `${first ? '' : '-'}${column}`];
    const direction: 'up' | 'down' | null = sort === column ? 'up' : sort === `-${column}` ? 'down' : null;
    return { direction, onSort: () => onSort(sort === one ? other : one) };
  };
  const done = ({ figures }: ListedCampaign) =>
    figures ? share(figures.planned - figures.left, figures.planned) : undefined;
  const when = (campaign: ListedCampaign) =>
    isByOwnClock(campaign)
      ? momentIn(`${campaign.schedule.local}:00Z`, 'UTC', zone)
      : isScheduled(campaign) || isPlanned(campaign)
        ? momentIn(campaign.scheduled_at as string, zoneOf(campaign), zone)
        : campaign.launched_at
          ? moment(campaign.launched_at, zone)
          : 'Not sent yet';
  /** The zone that its time is told in: its own while that time is to come. */
  const zoneOf = (campaign: ListedCampaign) =>
    isByOwnClock(campaign)
      ? 'where each person lives'
      : (isScheduled(campaign) || isPlanned(campaign)) && campaign.schedule.mode !== 'now'
        ? campaign.schedule.time_zone
        : zone;
  const name = (campaign: ListedCampaign, twoLines = false) => (
    <Link
      to={homeOf(campaign)}
      params={{ id: campaign.id }}
      className={`${twoLines ? css.clamp : 'ellipsis'} ${css.name}`}
      dir="auto"
      title={campaign.name}
    >
      {campaign.name}
    </Link>
  );

  // some platforms say what they took, not what arrived
  const acceptedOnly = rows.every((row) => !factsOf(row.channel)?.tellsReceipts);
  const columns: Column<ListedCampaign>[] = [
    { key: 'star', header: 'Featured', quiet: true, width: 36, render: (row) => <Star campaign={row} /> },
    {
      key: 'number',
      header: 'ID',
      width: 44,
      from: 1360,
      render: (row) => <span className="t3">{row.number}</span>,
    },
    {
      key: 'name',
      header: 'Name',
      sort: sortable('name'),
      render: (row) => (
        <div className="col">
          {name(row, true)}
          <Under campaign={row} />
        </div>
      ),
    },
    {
      key: 'channel',
      header: 'Platform',
      width: 108,
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
      width: 128,
      sort: sortable('status'),
      render: (row) => (
        <div className="col">
          <span>
            <StatusBadge state={campaignState(row, waits.get(row.id))} done={done(row)} />
          </span>
          <Unsettled campaign={row} />
        </div>
      ),
    },
    {
      key: 'training',
      header: 'Training',
      width: 88,
      from: 1360,
      render: (row) =>
        row.training === 'not_trained' ? (
          <span className="t3">Not trained</span>
        ) : row.training === 'trained' ? (
          'Trained'
        ) : (
          'Training'
        ),
    },
    {
      key: 'when',
      header: 'Schedule',
      width: 172,
      sort: sortable('scheduled_at', '-'),
      render: (row) =>
        row.launched_at || isScheduled(row) || isPlanned(row) ? (
          <div className="col">
            <span className="nowrap">{when(row)}</span>
            <span className="small t3 ellipsis" title={zoneOf(row)}>
              {(isScheduled(row) || isPlanned(row)) && `${timeWord(row)}, `}
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
      render: (row) => <Audience campaign={row} />,
    },
    {
      key: 'delivered',
      header: acceptedOnly ? 'Accepted' : 'Delivered',
      width: 92,
      render: (row) => <Delivered campaign={row} />,
    },
    {
      key: 'read',
      header: 'Read',
      width: 88,
      // a column of dashes otherwise
      from: acceptedOnly ? 1600 : 1360,
      render: (row) => <Rate figures={row.figures} of="read" />,
    },
    {
      key: 'clicked',
      header: 'Clicked',
      width: 80,
      from: 1200,
      render: (row) => <Rate figures={row.figures} of="clicked" />,
    },
    {
      key: 'menu',
      header: 'Actions',
      quiet: true,
      width: 40,
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
      choice={choice}
      headCovered={headCovered}
      onOpen={(row) => void navigate({ to: homeOf(row), params: { id: row.id } })}
      card={(row) => (
        <>
          <div className="row">
            {row.channel && <ChannelTile channel={row.channel} />}
            <span className="grow">{name(row, true)}</span>
            <Star campaign={row} />
            <CampaignMenu campaign={row} />
          </div>
          <div className="row wrap" style={{ marginTop: 4 }}>
            <StatusBadge state={campaignState(row, waits.get(row.id))} done={done(row)} />
            <Unsettled campaign={row} />
            <span className="small">
              {when(row)}{' '}
              {(row.launched_at || isScheduled(row) || isPlanned(row)) && (
                <span className="t3">
                  {zoneOf(row)}
                  {isPlanned(row) && ', not scheduled yet'}
                </span>
              )}
            </span>
          </div>
          {row.status_reason && (
            <div style={{ marginTop: 8 }}>
              <Note tone="bad">{row.status_reason}</Note>
            </div>
          )}
          {row.figures && (
            <dl className={css.figures}>
              <div>
                <dt>Audience</dt>
                <dd>
                  <Audience campaign={row} />
                </dd>
              </div>
              <div>
                <dt>{factsOf(row.channel)?.tellsReceipts === false ? 'Accepted' : 'Delivered'}</dt>
                <dd>
                  <Delivered campaign={row} />
                </dd>
              </div>
              <div>
                <dt>Clicked</dt>
                <dd>
                  <Rate figures={row.figures} of="clicked" />
                </dd>
              </div>
              <div>
                <dt>Replied</dt>
                <dd>
                  <Rate figures={row.figures} of="replied" />
                </dd>
              </div>
            </dl>
          )}
        </>
      )}
    />
  );
}

/** Under the name: what is wrong and where it is mended, else what it is and how often. */
function Under({ campaign }: { campaign: ListedCampaign }) {
  const { status_reason: reason } = campaign;
  if (!reason)
    return (
      <span className="small t3 ellipsis">
        {typeWords[campaign.type]}
        {campaign.repeats && <span title={campaign.repeats}>, {withinSentence(campaign.repeats)}</span>}
      </span>
    );
  const connection = /token|connection|bot /i.test(reason) && ['paused', 'failed'].includes(campaign.status);
  return (
    <span className={`small bad ${css.under}`}>
      <span className="ellipsis" title={reason}>
        {reason}
      </span>
      {connection && (
        <Link to="/connections" className={css.fix}>
          Fix connection
        </Link>
      )}
    </span>
  );
}

/** How many it was sent to; before that how many it would reach, as last counted. */
function Audience({ campaign: { figures, estimated_reach: reach } }: { campaign: ListedCampaign }) {
  if (figures) return figure(figures.planned);
  if (reach === null) return <Dash />;
  return (
    <Tooltip label="Estimated reach, as last counted">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is reached by keyboard too */}
      <span tabIndex={0} className={css.dotted}>
        {figure(reach)}
      </span>
    </Tooltip>
  );
}

/** "12 unknown: settle", where nobody knows whether people got it. */
function Unsettled({ campaign }: { campaign: ListedCampaign }) {
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
