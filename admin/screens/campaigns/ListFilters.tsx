// Which campaigns the list shows: platform, words, statuses, training, days, and those with something to settle.
import { Button, Menu, Select, TextInput } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import type { CampaignCounts } from '../../../contract/campaign-list.ts';
import type { Channel } from '../../../contract/connections.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import css from './Campaigns.module.css';
import { isFiltered, periods, statusesOf, usualSort } from './campaigns-search.ts';
import type { CampaignsSearch } from './search-names.ts';
import { statusWords } from './status.tsx';

export const orders = [
  { value: '-created_at', label: 'Most recent' },
  { value: 'created_at', label: 'Oldest first' },
  { value: 'name', label: 'Name (A-Z)' },
  { value: '-name', label: 'Name (Z-A)' },
  { value: '-scheduled_at', label: 'Schedule date' },
  { value: 'scheduled_at', label: 'Schedule date, first' },
  { value: 'status', label: 'Status' },
  { value: '-status', label: 'Status, last first' },
];
const trainings = [
  { value: 'trained', label: 'Trained' },
  { value: 'training', label: 'Training' },
  { value: 'not_trained', label: 'Not trained' },
];

interface Props {
  search: CampaignsSearch;
  counts: CampaignCounts | undefined;
  /** A part that is undefined is taken out; the page begins anew. With `quietly` the browser's back skips the step. */
  onPut: (part: CampaignsSearch, quietly?: boolean) => void;
  onClear: () => void;
  /** On a phone, which has no room for them above: saved views, and the way between list and calendar. */
  children?: React.ReactNode;
}

export function ListFilters({ search, counts, onPut, onClear, children }: Props) {
  const phone = usePhone();
  const [shown, setShown] = useState(false);
  const filtered = isFiltered(search);
  const on = ['status', 'training', 'period', 'unsettled'].filter((name) => name in search).length;
  const all = !phone || shown;
  return (
    <div className={css.filters}>
      <PlatformTabs search={search} counts={counts} onPut={onPut} />
      <SearchField
        label="Search name or ID"
        value={search.search ?? ''}
        width={phone ? '100%' : 196}
        onSearch={(text) => onPut({ search: text || undefined }, search.search !== undefined)}
      />
      {phone && (
        <Button variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {on > 0 ? `Filters (${on})` : 'Filters'}
        </Button>
      )}
      {all && (
        <>
          <StatusMenu search={search} counts={counts} onPut={onPut} />
          <Select
            aria-label="Training"
            placeholder="Training"
            w={108}
            clearable
            data={trainings}
            value={trainings.find(({ value }) => value === search.training)?.value ?? null}
            onChange={(value) => onPut({ training: value ?? undefined })}
          />
          <Period search={search} onPut={onPut} />
          <Button
            variant="default"
            aria-pressed={Boolean(search.unsettled)}
            className={css.toggle}
            onClick={() => onPut({ unsettled: search.unsettled ? undefined : 'yes' })}
          >
            To settle
          </Button>
          {(filtered || !phone) && (
            // keeps its place, so that the first filter moves nothing
            <Button
              variant="subtle"
              px={8}
              aria-label="Clear filters"
              style={{ visibility: filtered ? 'visible' : 'hidden' }}
              onClick={onClear}
            >
              Clear
            </Button>
          )}
        </>
      )}
      {search.show !== 'calendar' && (
        <Select
          aria-label="Order"
          w={phone ? 176 : 152}
          ml="auto"
          allowDeselect={false}
          data={orders}
          value={orders.some(({ value }) => value === search.sort) ? search.sort : usualSort}
          onChange={(value) => onPut({ sort: value === usualSort ? undefined : (value ?? undefined) })}
        />
      )}
      {children}
    </div>
  );
}

const platforms: Record<Channel, string> = { whatsapp: 'WhatsApp', telegram: 'Telegram', website: 'Website' };

function PlatformTabs({ search, counts, onPut }: Omit<Props, 'onClear'>) {
  const by = counts?.by_channel;
  const all = by && Object.values(by).reduce((sum, count) => sum + count, 0);
  const names = Object.keys(platforms) as Channel[];
  return (
    <FilterTabs
      label="Platform"
      value={names.find((one) => one === search.channel) ?? 'all'}
      onChange={(value) => onPut({ channel: value === 'all' ? undefined : value })}
      choices={[
        { value: 'all', label: 'All', count: all },
        ...names.map((value) => ({ value, label: platforms[value], count: by?.[value] })),
      ]}
    />
  );
}

/** Several at once; without one all but archived ones. */
function StatusMenu({ search, counts, onPut }: Omit<Props, 'onClear'>) {
  const chosen = statusesOf(search.status);
  const words = statusWords.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
  const toggle = (status: (typeof chosen)[number]) => {
    const next = chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status];
    onPut({ status: next.length > 0 ? next.join(',') : undefined });
  };
  return (
    <Menu closeOnItemClick={false} position="bottom-start" width={208}>
      <Menu.Target>
        <Button
          variant="default"
          className={css.toggle}
          data-on={chosen.length > 0 || undefined}
          rightSection={<IconChevronDown size={14} />}
        >
          {words.length === 0 ? 'Status' : words.length < 3 ? words.join(', ') : `${words.length} statuses`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {statusWords.map(({ value, label }) => (
          <Menu.Item
            key={value}
            role="menuitemcheckbox"
            aria-checked={chosen.includes(value)}
            leftSection={
              <IconCheck size={16} style={{ visibility: chosen.includes(value) ? 'visible' : 'hidden' }} />
            }
            rightSection={<span className="t3">{counts?.by_status[value]}</span>}
            onClick={() => toggle(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Period({ search, onPut }: Pick<Props, 'search' | 'onPut'>) {
  const custom = search.period === 'custom';
  const day = (part: 'from' | 'until', label: string) => (
    <TextInput
      type="date"
      aria-label={label}
      w={140}
      value={search[part] ?? ''}
      onChange={(event) => onPut({ [part]: event.currentTarget.value || undefined }, true)}
    />
  );
  return (
    <>
      <Select
        aria-label="Dates"
        placeholder="Dates"
        w={100}
        clearable
        data={[...periods]}
        value={periods.find(({ value }) => value === search.period)?.value ?? null}
        onChange={(value) => onPut({ period: value ?? undefined, from: undefined, until: undefined })}
      />
      {custom && (
        <>
          {day('from', 'From this day')}
          {day('until', 'Until this day')}
        </>
      )}
    </>
  );
}
