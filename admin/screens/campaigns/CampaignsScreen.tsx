// The campaign list: featured first, search, status and order in the address, a card per campaign on a phone.
import { Button, Select } from '@mantine/core';
import { IconFilterOff, IconPlugConnected, IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { connectionsQuery, setupQuery, useMay, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { counted, figure, people } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import css from './Campaigns.module.css';
import { CampaignTable } from './CampaignTable.tsx';
import { statusWords } from './status.tsx';
import { useNewCampaign } from './use-new-campaign.ts';

const orders = [
  { value: '-created_at', label: 'Most recent' },
  { value: 'created_at', label: 'Oldest first' },
  { value: 'name', label: 'Name, A to Z' },
  { value: '-name', label: 'Name, Z to A' },
];
const unfiltered = { search: undefined, status: undefined, unsettled: undefined };
/** Automations have their own page. */
const listedKinds = 'broadcast,bulk_message';

/** The draft that every installation begins with, as long as nobody has changed it. */
function isUntouched(campaign: Campaign): boolean {
  return campaign.status === 'draft' && campaign.name === 'Promotion' && campaign.version === 1;
}

export function CampaignsScreen() {
  const search = useSearch({ from: '/inside/campaigns' });
  const navigate = useNavigate({ from: '/campaigns' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('campaigns:write');
  const { add, busy } = useNewCampaign();
  const filter = {
    search: search.search,
    status: search.status,
    unsettled: search.unsettled,
    sort: search.sort ?? '-created_at',
    kind: listedKinds,
    limit: 50,
  };
  const list = usePages<Campaign>(keys.campaigns(filter), '/campaigns', filter);
  const put = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const filtered = Boolean(search.search || search.status || search.unsettled);
  const rows = list.rows;
  const starred = [...(rows ?? [])].sort((a, b) => Number(b.featured) - Number(a.featured));

  const addButton = (short: boolean) => (
    <ReasonButton
      reason={write.reason}
      onClick={add}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      miw={short ? 84 : 144}
      aria-label="Add campaign"
    >
      {busy ? 'Adding' : short ? 'Add' : 'Add campaign'}
    </ReasonButton>
  );
  const empty = !filtered && rows?.every(isUntouched) === true;
  return (
    <Page
      title="Campaigns"
      aside={
        rows &&
        !empty &&
        rows.length > 0 && (
          <span>
            {list.total === undefined ? `${rows.length}${list.hasNextPage ? '+' : ''}` : figure(list.total)}
          </span>
        )
      }
      actions={empty ? undefined : addButton(phone)}
      footer={
        rows && !empty && rows.length > 0 ? (
          <>
            <LoadMore
              shown={rows.length}
              total={list.total}
              one="campaign"
              many="campaigns"
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
            {!phone && <span className="t3">Times are shown in {zone}</span>}
          </>
        ) : undefined
      }
    >
      {!empty && (
        <div className={css.filters}>
          <SearchField
            label="Search name or number"
            value={search.search ?? ''}
            width={phone ? '100%' : 240}
            onSearch={(text) => put({ search: text || undefined })}
          />
          <Select
            aria-label="Status"
            placeholder="Status"
            w={150}
            clearable
            allowDeselect
            data={statusWords}
            value={search.status ?? null}
            onChange={(value) => put({ status: value ?? undefined })}
          />
          <Select
            aria-label="Order"
            w={150}
            data={orders}
            value={search.sort ?? '-created_at'}
            onChange={(value) => put({ sort: value === '-created_at' ? undefined : (value ?? undefined) })}
          />
          <Button
            variant="default"
            aria-pressed={Boolean(search.unsettled)}
            className={css.toggle}
            onClick={() => put({ unsettled: search.unsettled ? undefined : 'yes' })}
          >
            To settle
          </Button>
          {filtered && (
            <Button variant="subtle" onClick={() => put(unfiltered)}>
              Clear filters
            </Button>
          )}
        </div>
      )}
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Campaigns could not be loaded"
          error={list.error}
          safe="Nothing is lost."
          onRetry={() => void list.refetch()}
        />
      ) : empty ? (
        <FirstCampaign add={addButton(false)} draft={rows?.[0]} />
      ) : rows?.length === 0 ? (
        <EmptyState
          icon={<IconFilterOff size={32} stroke={1.5} />}
          title="No campaign matches"
          actions={
            <Button variant="default" onClick={() => put(unfiltered)}>
              Clear filters
            </Button>
          }
        >
          {counted(
            [search.search, search.status, search.unsettled].filter(Boolean).length,
            'filter is',
            'filters are',
          )}{' '}
          on:{' '}
          {[
            search.search && `name “${search.search}”`,
            statusWords.find((status) => status.value === search.status)?.label,
            search.unsettled && 'something to settle',
          ]
            .filter(Boolean)
            .join(', ')}
          .
        </EmptyState>
      ) : (
        <CampaignTable rows={starred} stale={list.isPlaceholderData} />
      )}
    </Page>
  );
}

function FirstCampaign({ add, draft }: { add: React.ReactNode; draft: Campaign | undefined }) {
  const { data: connections } = useQuery(connectionsQuery);
  const { data: setup } = useQuery(setupQuery);
  const ready = connections?.data.find((connection) => connection.status === 'connected');
  return (
    <EmptyState
      icon={<IconSpeakerphone size={32} stroke={1.5} />}
      title="Send your first campaign"
      actions={
        <>
          {ready || !connections ? (
            add
          ) : (
            <Button component={Link} to="/connections" leftSection={<IconPlugConnected size={16} />}>
              Connect a bot
            </Button>
          )}
          {ready && draft && (
            <Button variant="default" component={Link} to={`/campaigns/${draft.id}/edit`}>
              Open the draft {draft.name}
            </Button>
          )}
          {setup?.sandbox && connections && connections.data.length > 0 && (
            <Button variant="default" component={Link} to="/sandbox-phones">
              Open the sandbox phones
            </Button>
          )}
        </>
      }
    >
      A campaign is one message to many people.{' '}
      {ready
        ? `${ready.name} is connected and ${people(ready.reachable_contacts)} can be reached.`
        : 'Connect a Telegram bot first: it takes about a minute.'}
    </EmptyState>
  );
}
