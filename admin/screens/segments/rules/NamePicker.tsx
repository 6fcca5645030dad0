// Choosing one campaign or segment by its name, searched on the server.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page } from '../../../../contract/lists.ts';
import { api, keys } from '../../../api.ts';
import { takeFirst } from '../../../ui/take-first.ts';

const nouns = {
  campaign: { path: '/campaigns', key: keys.campaigns, none: 'No campaign is called so' },
  segment: { path: '/segments', key: keys.segments, none: 'No segment is called so' },
} as const;

interface Props {
  noun: keyof typeof nouns;
  label: string;
  placeholder: string;
  value: string | null;
  /** Of the value; undefined while it is looked up. */
  name: string | undefined;
  /** Not to be chosen: a segment cannot ask for itself. */
  except?: string | undefined;
  clearable?: boolean;
  /** Of segments: only lists that are kept by hand. */
  kind?: 'static' | undefined;
  error?: boolean;
  disabled?: boolean;
  onChange: (id: string | null) => void;
}

export function NamePicker({ noun, value, name, except, kind, onChange, ...rest }: Props) {
  const { path, key, none } = nouns[noun];
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  // what stands in the field after a choice is its name, and not a search
  const text = typed === name ? '' : typed.trim();
  const [search] = useDebouncedValue(text, 200);
  const filter = { search: search || undefined, kind, limit: 30 };
  const list = useQuery({
    queryKey: key({ ...filter, picker: true }),
    queryFn: ({ signal }) => api.get<Page<{ id: string; name: string }>>(path, filter, signal),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  const found = (list.data?.data ?? []).filter((one) => one.id !== except);
  const chosen =
    value && !found.some((one) => one.id === value) ? [{ id: value, name: name ?? 'Looking it up' }] : [];
  return (
    <Select
      {...rest}
      aria-label={rest.label}
      label={undefined}
      searchable
      // the server has searched already; what was found by it is not to be sifted again
      filter={({ options }) => options}
      data={[...(search ? [] : chosen), ...found].map((one) => ({ value: one.id, label: one.name }))}
      value={value}
      searchValue={opened ? typed : value ? (name ?? 'Looking it up') : ''}
      onSearchChange={setTyped}
      onDropdownOpen={() => {
        setTyped(name ?? '');
        setOpened(true);
      }}
      onDropdownClose={() => setOpened(false)}
      dropdownOpened={opened}
      onKeyDown={(event) =>
        takeFirst(event, () => {
          const [first] = found;
          if (!first || text === '' || text !== search || list.isPlaceholderData) return;
          onChange(first.id);
          setOpened(false);
        })
      }
      nothingFoundMessage={list.error ? 'The server did not answer' : list.isFetching ? 'Searching' : none}
      onChange={onChange}
    />
  );
}
