// The campaign list: featured first, filters, order and page in the address, a card per campaign on a phone, many changed at once.
import { Button } from '@mantine/core';
import {
  IconDownload,
  IconFilterOff,
  IconPlugConnected,
  IconPlus,
  IconSpeakerphone,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { CampaignDeed, CampaignSelect } from '../../../contract/campaign-bulk.ts';
import type { CampaignFilter, ListedCampaign } from '../../../contract/campaign-list.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api } from '../../api.ts';
import { connectionsQuery, setupQuery, useMay, useZone } from '../../session.ts';
import { type RowChoice, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { type Choice, useChoice } from '../../ui/use-choice.ts';
import contacts from '../contacts/Contacts.module.css';
import { CampaignBulkBar } from './CampaignBulkBar.tsx';
import { CampaignBulkProgress } from './CampaignBulkProgress.tsx';
import { CampaignDeedDialog } from './CampaignDeedDialog.tsx';
import { CampaignTable } from './CampaignTable.tsx';
import { filterOf, isFiltered, queryOf, usualSort, viewOf } from './campaigns-search.ts';
import { ListFilters } from './ListFilters.tsx';
import type { CampaignsSearch } from './search-names.ts';
import { perPage, useCampaigns } from './use-campaigns.ts';
import { useNewCampaign } from './use-new-campaign.ts';
import { ViewsMenu } from './ViewsMenu.tsx';

const CalendarView = lazy(() =>
  import('./calendar/CalendarView.tsx').then((module) => ({ default: module.CalendarView })),
);

/** The draft that every installation begins with, as long as nobody has changed it. */
function isUntouched(campaign: Campaign): boolean {
  return campaign.status === 'draft' && campaign.name === 'Promotion' && campaign.version === 1;
}

/** As many as an address can name. */
const exportedByIds = 200;

/** The address of a file with those chosen; null: they can only be had by a filter. */
function fileOf(choice: Choice, filter: CampaignFilter, sort: string): string | null {
  if (!choice.everybody)
    return choice.ids.size <= exportedByIds
      ? api.href('/campaigns.csv', { ids: [...choice.ids].join(','), sort })
      : null;
  return choice.ids.size === 0 ? api.href('/campaigns.csv', { ...queryOf(filter), sort }) : null;
}

/** As POST /campaigns/bulk takes it. */
function selectOf(choice: Choice, filter: CampaignFilter): CampaignSelect {
  const ids = [...choice.ids];
  if (!choice.everybody) return { campaign_ids: ids };
  return { filter, ...(ids.length > 0 && { except: ids }) };
}

const rowsOf = (choice: Choice): RowChoice<ListedCampaign> => ({
  has: (row) => choice.has(row.id),
  toggle: (row, withShift) => choice.toggle(row.id, withShift),
  page: choice.page,
  togglePage: choice.togglePage,
  nameOf: (row) => row.name,
});

export function CampaignsScreen() {
  const search = useSearch({ from: '/inside/campaigns' });
  const navigate = useNavigate({ from: '/campaigns' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('campaigns:write');
  const { add, busy } = useNewCampaign();
  const [deed, setDeed] = useState<CampaignDeed | null>(null);
  const filter = filterOf(search, new Date(), zone);
  const { list, counts } = useCampaigns(search, filter);
  const rows = list.data?.data;
  const total = counts?.total;
  const choice = useChoice(
    filter,
    (rows ?? []).map((row) => row.id),
    total,
  );
  const filtered = isFiltered(search);
  const page = search.page ?? 1;
  const sort = search.sort ?? usualSort;
  const calendar = search.show === 'calendar';

  const show = (next: CampaignsSearch, quietly = false) =>
    void navigate({ search: next, replace: quietly, resetScroll: false });
  const put = (part: CampaignsSearch, quietly = false) =>
    show({ ...search, cursor: undefined, page: undefined, ...part }, quietly);
  const clear = () => show({ sort: search.sort, show: search.show, month: search.month });
  const turn = (cursor: string | null | undefined, to: number) =>
    cursor ? () => show({ ...search, cursor, page: to }) : null;

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
  const empty = !calendar && !filtered && !search.cursor && rows?.every(isUntouched) === true;
  const some = !calendar && rows !== undefined && !empty && rows.length > 0;
  const bulk = choice.count !== 0 && some && (
    <CampaignBulkBar
      choice={choice}
      total={total}
      shown={rows.length}
      onDeed={setDeed}
      file={fileOf(choice, filter, sort)}
    />
  );
  const ways = (
    <>
      <FilterTabs
        label="Show as"
        value={calendar ? 'calendar' : 'list'}
        onChange={(value) => put({ show: value === 'calendar' ? value : undefined, month: undefined })}
        choices={[
          { value: 'list', label: 'List' },
          { value: 'calendar', label: 'Calendar' },
        ]}
      />
      <ViewsMenu query={viewOf(search)} onOpen={show} />
    </>
  );
  return (
    <Page
      title="Campaigns"
      aside={some && total !== undefined && <span>{figure(total)}</span>}
      actions={
        empty ? undefined : (
          <>
            {!phone && ways}
            {!phone && !calendar && (
              <Button
                variant="default"
                component="a"
                href={api.href('/campaigns.csv', { ...queryOf(filter), sort })}
                download
                leftSection={<IconDownload size={16} stroke={1.75} />}
              >
                Export list
              </Button>
            )}
            {addButton(phone)}
          </>
        )
      }
      footer={
        bulk && phone ? (
          bulk
        ) : some ? (
          <Pager
            page={page}
            perPage={perPage}
            shown={rows.length}
            total={total}
            onBefore={turn(list.data?.previous_cursor, Math.max(1, page - 1))}
            onAfter={turn(list.data?.next_cursor, page + 1)}
          >
            {!phone && (
              <span className="t3">Times are shown in {zone}, scheduled ones in their own zone</span>
            )}
          </Pager>
        ) : undefined
      }
    >
      <CampaignBulkProgress />
      {!empty && (
        <ListFilters search={search} counts={counts} onPut={put} onClear={clear}>
          {phone && ways}
        </ListFilters>
      )}
      {bulk && !phone && <div className={contacts.over}>{bulk}</div>}
      {calendar ? (
        <Suspense fallback={<RowSkeletons />}>
          <CalendarView
            month={search.month}
            filter={filter}
            onMonth={(month) => show({ ...search, month })}
          />
        </Suspense>
      ) : list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Campaigns could not be loaded"
          error={list.error}
          safe="Nothing is lost."
          onRetry={() => (search.cursor ? put({}) : void list.refetch())}
        />
      ) : empty ? (
        <FirstCampaign add={addButton(false)} draft={rows?.[0]} />
      ) : rows?.length === 0 ? (
        <NothingFound search={search} onClear={clear} />
      ) : (
        <CampaignTable
          rows={rows ?? []}
          stale={list.isPlaceholderData}
          sort={sort}
          onSort={(next) => put({ sort: next === usualSort ? undefined : next })}
          choice={rowsOf(choice)}
          headCovered={Boolean(bulk) && !phone}
        />
      )}
      {deed && (
        <CampaignDeedDialog
          deed={deed}
          select={selectOf(choice, filter)}
          count={choice.count}
          onClose={() => setDeed(null)}
          onStarted={() => {
            setDeed(null);
            choice.clear();
          }}
        />
      )}
    </Page>
  );
}

function NothingFound({ search, onClear }: { search: CampaignsSearch; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconFilterOff size={32} stroke={1.5} />}
      title="No campaign matches"
      actions={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      {search.search
        ? `No name or number with “${search.search}” meets the filters above.`
        : 'None meets all of the filters above.'}
    </EmptyState>
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
              Connect a bot or a number
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
