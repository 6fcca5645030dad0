// Whom the list shows: search, tags, segment, bot, reach and consent, and any rule beyond these.

import { Button, Popover, Select } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconTag } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ContactFilter, ruleOf } from '../../../contract/contact-filter.ts';
import { connectionsQuery, useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { TagsField } from '../../ui/TagsField.tsx';
import { labelOfConnection } from '../connections/handle.ts';
import { NamePicker } from '../segments/rules/NamePicker.tsx';
import css from './Contacts.module.css';
import { isFiltered } from './contacts-search.ts';
import { MoreConditions } from './MoreConditions.tsx';
import { SaveSegment } from './SaveSegment.tsx';
import { useSegmentName } from './use-segment-name.ts';

interface Props {
  filter: ContactFilter;
  /** With `quietly` the browser's back skips the step: typing. */
  onFilter: (filter: ContactFilter, quietly?: boolean) => void;
  /** On a phone, where the table has no head. */
  sort: string;
  onSort: (sort: string) => void;
}

const reachChoices = [
  { value: 'true', label: 'Reachable' },
  { value: 'false', label: 'Not reachable' },
];
const consentChoices = [
  { value: 'opted_in', label: 'Opted in' },
  { value: 'opted_out', label: 'Opted out' },
  { value: 'none', label: 'Never asked' },
];

/** As the head of the table sorts on a desk. */
const sortChoices = [
  { value: '-created_at', label: 'Newest first' },
  { value: 'created_at', label: 'Oldest first' },
  { value: 'name', label: 'Name, A to Z' },
  { value: '-name', label: 'Name, Z to A' },
  { value: '-last_seen_at', label: 'Seen last' },
  { value: 'last_seen_at', label: 'Not seen longest' },
  { value: '-orders_value', label: 'Bought most' },
  { value: 'orders_value', label: 'Bought least' },
];

export function FilterBar({ filter, onFilter, sort, onSort }: Props) {
  const phone = usePhone();
  const segments = useMay('segments:write');
  const { data: connections } = useQuery(connectionsQuery);
  const segmentName = useSegmentName(filter.segment_id);
  const [open, setOpen] = useState<'rule' | 'save' | 'tags' | null>(null);
  const [shown, setShown] = useState(false);
  const put = (change: ContactFilter, quietly = false) => onFilter({ ...filter, ...change }, quietly);
  const conditions = Object.keys(filter).filter((name) => name !== 'search').length;
  const bots = connections?.data ?? [];
  const all = !phone || shown;
  return (
    <div className={css.filters}>
      <SearchField
        label="Search name, email, phone"
        value={filter.search ?? ''}
        width={phone ? '100%' : 250}
        onSearch={(text) => put({ search: text.trim() || undefined }, filter.search !== undefined)}
      />
      {phone && (
        <Button variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {conditions > 0 ? `Filters (${conditions})` : 'Filters'}
        </Button>
      )}
      {phone && (
        <Select
          aria-label="Sort by"
          flex="1 1 150px"
          maw={200}
          allowDeselect={false}
          data={sortChoices}
          value={sort}
          onChange={(value) => value && onSort(value)}
        />
      )}
      {all && (
        <>
          <Popover
            opened={open === 'tags'}
            onChange={(on) => setOpen(on ? 'tags' : null)}
            position="bottom-start"
            trapFocus
            returnFocus
            width={280}
          >
            <Popover.Target>
              <Button
                variant="default"
                onClick={() => setOpen(open === 'tags' ? null : 'tags')}
                leftSection={<IconTag size={14} stroke={1.75} />}
                className={css.toggle}
                data-on={filter.tags ? true : undefined}
              >
                <span
                  className="ellipsis"
                  style={{ maxWidth: 240, lineHeight: '20px' }}
                  title={filter.tags?.join(', ')}
                >
                  {filter.tags ? `Tags: ${filter.tags.join(', ')}` : 'Tags'}
                </span>
              </Button>
            </Popover.Target>
            <Popover.Dropdown p={12} aria-label="Tags">
              <TagsField
                data-autofocus
                label="Has all of these tags"
                // in here, or choosing would count as a click outside
                comboboxProps={{ withinPortal: false }}
                value={filter.tags ?? []}
                maxTags={20}
                onChange={(tags) => put({ tags: tags.length > 0 ? tags : undefined })}
              />
            </Popover.Dropdown>
          </Popover>
          <div style={{ width: filter.segment_id ? 220 : 136 }} title={segmentName}>
            <NamePicker
              noun="segment"
              label="Segment"
              placeholder="Segment"
              clearable
              value={filter.segment_id ?? null}
              name={segmentName}
              onChange={(id) => put({ segment_id: id ?? undefined })}
            />
          </div>
          <Select
            aria-label="Reach"
            placeholder="Reach"
            w={filter.reachable === undefined ? 124 : 160}
            clearable
            clearSectionMode="clear"
            data={reachChoices}
            value={filter.reachable === undefined ? null : String(filter.reachable)}
            onChange={(value) => put({ reachable: value === null ? undefined : value === 'true' })}
          />
          <Select
            aria-label="Consent"
            placeholder="Consent"
            w={filter.consent ? 148 : 120}
            clearable
            clearSectionMode="clear"
            data={consentChoices}
            value={filter.consent ?? null}
            onChange={(value) => put({ consent: (value ?? undefined) as ContactFilter['consent'] })}
          />
          {(bots.length > 1 || filter.connection_id) && (
            <Select
              aria-label="Bot or number"
              placeholder="Bot or number"
              w={filter.connection_id ? 220 : 140}
              clearable
              clearSectionMode="clear"
              title={bots.find((bot) => bot.id === filter.connection_id)?.name}
              data={bots.map((bot) => ({ value: bot.id, label: labelOfConnection(bot) }))}
              value={filter.connection_id ?? null}
              onChange={(value) => put({ connection_id: value ?? undefined })}
            />
          )}
          <Button
            variant="default"
            className={css.toggle}
            data-on={filter.rule ? true : undefined}
            leftSection={<IconAdjustmentsHorizontal size={14} stroke={1.75} />}
            onClick={() => setOpen('rule')}
          >
            {filter.rule ? 'Conditions' : 'More conditions'}
          </Button>
        </>
      )}
      {isFiltered(filter) && (
        <Button variant="subtle" px={8} onClick={() => onFilter({})}>
          Clear filters
        </Button>
      )}
      {all && ruleOf(filter) && (
        <ReasonButton variant="subtle" px={8} reason={segments.reason} onClick={() => setOpen('save')}>
          Save as segment
        </ReasonButton>
      )}
      {open === 'rule' && (
        <MoreConditions
          rule={filter.rule ?? null}
          onApply={(rule) => put({ rule: rule ?? undefined })}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'save' && <SaveSegment filter={filter} onClose={() => setOpen(null)} />}
    </div>
  );
}
