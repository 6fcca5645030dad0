// The campaigns that a shop's events send: switch, delay, text, picture. Saying honestly what works already.
import { Switch } from '@mantine/core';
import {
  IconBolt,
  IconClock,
  IconHandClick,
  IconPackage,
  IconShoppingCart,
  IconSpeakerphone,
  IconTruckDelivery,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Campaign, CampaignKind, Report } from '../../../contract/campaigns.ts';
import type { Page as ListPage } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { tellProblem } from '../../ui/toast.tsx';
import { kindWords } from '../campaigns/status.tsx';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import { AutomationEditor } from './AutomationEditor.tsx';
import css from './Automations.module.css';

const kinds = 'abandoned_cart,back_in_stock,post_purchase';
const looks: Partial<Record<CampaignKind, { Icon: typeof IconBolt; when: string }>> = {
  abandoned_cart: { Icon: IconShoppingCart, when: 'A cart sits idle' },
  back_in_stock: { Icon: IconPackage, when: 'An item is in stock again' },
  post_purchase: { Icon: IconTruckDelivery, when: 'An order was delivered' },
};

/** "at once", "1 h after", "2 days after". */
export function delayWords(minutes: number): string {
  if (minutes === 0) return 'At once';
  if (minutes % 1440 === 0) return `${minutes / 1440} ${minutes === 1440 ? 'day' : 'days'} after`;
  if (minutes % 60 === 0) return `${minutes / 60} h after`;
  return `${minutes} min after`;
}

export function AutomationsScreen() {
  const phone = usePhone();
  const navigate = useNavigate({ from: '/automations' });
  const { open } = useSearch({ from: '/inside/automations' });
  const filter = { kind: kinds, sort: 'created_at', limit: 50 };
  const list = useQuery({
    queryKey: keys.campaigns(filter),
    queryFn: ({ signal }) => api.get<ListPage<Campaign>>('/campaigns', filter, signal),
  });
  const promotion = useQuery({
    queryKey: keys.campaigns({ kind: 'broadcast', status: 'draft', sort: 'created_at', limit: 1 }),
    queryFn: ({ signal }) =>
      api.get<ListPage<Campaign>>(
        '/campaigns',
        { kind: 'broadcast', status: 'draft', sort: 'created_at', limit: 1 },
        signal,
      ),
  });
  const rows = list.data?.data ?? [];
  const shown = rows.find((row) => row.id === open) ?? (phone ? undefined : rows[0]);
  return (
    <Page title="Automations" flush>
      <div className={css.halves}>
        {(!phone || !shown) && (
          <div className={css.cards}>
            <Note tone="info">
              Carts, orders and products that your shop tells of are checked every five minutes, and when a
              delay ends. Each person gets each of these once per cart, restock or order.
            </Note>
            {list.isPending ? (
              <BlockSkeleton height={112} count={4} />
            ) : list.error && !list.data ? (
              <ErrorState
                title="Automations could not be loaded"
                error={list.error}
                onRetry={() => void list.refetch()}
              />
            ) : rows.length === 0 ? (
              <EmptyState icon={<IconBolt size={28} stroke={1.5} />} title="No automation here">
                The three automations of this workspace were deleted. Write a campaign instead.
              </EmptyState>
            ) : (
              rows.map((row) => (
                <AutomationCard
                  key={row.id}
                  campaign={row}
                  active={row.id === shown?.id}
                  onOpen={() => void navigate({ search: { open: row.id } })}
                />
              ))
            )}
            {promotion.data && <PromotionCard campaign={promotion.data.data[0]} />}
          </div>
        )}
        {shown ? (
          <AutomationEditor
            key={shown.id}
            campaign={shown}
            onBack={phone ? () => void navigate({ search: {} }) : undefined}
          />
        ) : (
          !phone && <div className={css.editor} />
        )}
      </div>
    </Page>
  );
}

function AutomationCard(props: { campaign: Campaign; active: boolean; onOpen: () => void }) {
  const { campaign } = props;
  const look = looks[campaign.kind];
  const Icon = look?.Icon ?? IconBolt;
  const on = campaign.trigger?.enabled ?? false;
  return (
    <article className={css.card} data-active={props.active || undefined} aria-label={campaign.name}>
      <div className="row" style={{ gap: 12 }}>
        <span className={css.glyph}>
          <Icon size={18} stroke={1.75} aria-hidden />
        </span>
        <div className="grow">
          <button type="button" className={`plain-button ${css.open}`} onClick={props.onOpen}>
            {campaign.name}
          </button>
          <div className="small t3">
            {kindWords[campaign.kind]}: {look?.when ?? 'An event happens'}
          </div>
        </div>
        <Toggle campaign={campaign} />
      </div>
      <div className="row wrap" style={{ marginTop: 8 }}>
        <Tag icon={<IconClock size={12} aria-hidden />}>
          {delayWords(campaign.trigger?.delay_minutes ?? 0)}
        </Tag>
        {campaign.channel && <ChannelTile channel={campaign.channel} />}
        <span className="t3 small end">{on ? 'On' : 'Off'}</span>
      </div>
      <p className={`t2 small ${css.text}`}>{campaign.content.text || 'No text yet'}</p>
      {campaign.status_reason && <p className="small warn">{campaign.status_reason}</p>}
      <Results campaign={campaign} />
    </article>
  );
}

/** What it has sent so far, with the words it has now. */
function Results({ campaign }: { campaign: Campaign }) {
  const { data: report } = useQuery({
    queryKey: keys.report(campaign.id),
    queryFn: ({ signal }) => api.get<Report>(`/campaigns/${campaign.id}/report`, undefined, signal),
  });
  if (!report?.run_id) return null;
  return (
    <div className="row wrap small" style={{ marginTop: 8 }}>
      <span>{figure(report.sent)} sent</span>
      {report.clicked !== null && <span className="t3">{figure(report.clicked)} clicked</span>}
      <span className="t3">{figure(report.replied)} replied</span>
      {report.converted !== null && <span className="t3">{figure(report.converted)} ordered after it</span>}
      <Link to="/campaigns/$id" params={{ id: campaign.id }} className="end">
        Report and send log
      </Link>
    </div>
  );
}

/** On and off at once; back again with the reason where the server refuses. */
export function Toggle({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const on = campaign.trigger?.enabled ?? false;
  const toggle = async () => {
    const put = (enabled: boolean) =>
      client.setQueriesData<ListPage<Campaign>>({ queryKey: keys.campaigns() }, (old) =>
        old && Array.isArray(old.data)
          ? {
              ...old,
              data: old.data.map((row) =>
                row.id === campaign.id && row.trigger
                  ? { ...row, trigger: { ...row.trigger, enabled } }
                  : row,
              ),
            }
          : old,
      );
    put(!on);
    try {
      await api.post(`/campaigns/${campaign.id}/${on ? 'disable' : 'enable'}`);
    } catch (error) {
      put(on);
      tellProblem('The switch could not be changed', error);
    }
    await client.invalidateQueries({ queryKey: keys.campaigns() });
    void client.invalidateQueries({ queryKey: keys.campaign(campaign.id) });
  };
  return (
    <Switch
      size="sm"
      withThumbIndicator={false}
      aria-label={`${campaign.name} on`}
      title={write.reason}
      checked={on}
      disabled={!write.may}
      onChange={() => void toggle()}
    />
  );
}

function PromotionCard({ campaign }: { campaign: Campaign | undefined }) {
  return (
    <article className={css.card} aria-label="Promotion">
      <div className="row" style={{ gap: 12 }}>
        <span className={css.glyph}>
          <IconSpeakerphone size={18} stroke={1.75} aria-hidden />
        </span>
        <div className="grow">
          {campaign ? (
            <Link to="/campaigns/$id/edit" params={{ id: campaign.id }} className={css.open}>
              {campaign.name}
            </Link>
          ) : (
            <Link to="/campaigns" className={css.open}>
              Promotion
            </Link>
          )}
          <div className="small t3">You press Send</div>
        </div>
        <Tag icon={<IconHandClick size={12} aria-hidden />}>By hand</Tag>
      </div>
      <p className={`t2 small ${css.text}`}>
        {campaign?.content.text || 'A message to everyone at once. Write it under Campaigns.'}
      </p>
    </article>
  );
}
