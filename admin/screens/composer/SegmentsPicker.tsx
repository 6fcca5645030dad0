// Choosing segments by name, any number up to what a campaign takes, each with how many people it held when it was last counted.
import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Page } from '../../../contract/lists.ts';
import type { Segment } from '../../../contract/segments.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { takeFirst } from '../../ui/take-first.ts';
import { lastCount } from '../segments/last-count.ts';
import { segmentQuery } from '../segments/segment-query.ts';

const most = 20;

export function SegmentsPicker(props: {
  chosen: string[];
  onChange: (ids: string[]) => void;
  label?: string;
  /** They are left out, not chosen. */
  excluding?: boolean;
}) {
  const { chosen, onChange, label = 'Segments', excluding = false } = props;
  const zone = useZone();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const filter = { search: search || undefined, limit: 30 };
  const list = useQuery({
    queryKey: keys.segments({ ...filter, picker: true }),
    queryFn: ({ signal }) => api.get<Page<Segment>>('/segments', filter, signal),
    placeholderData: keepPreviousData,
  });
  const picked = useQueries({ queries: chosen.map(segmentQuery) });
  const names = new Map(
    chosen.map((id, index) => {
      const { data, error } = picked[index] ?? {};
      const gone = error instanceof ApiProblem && error.status === 404;
      return [id, data?.name ?? (gone ? 'A segment that was deleted' : 'Looking it up')] as const;
    }),
  );
  const found = list.data?.data ?? [];
  const counted = new Map(found.map((one) => [one.id, one]));
  const known = found.map((one) => ({ value: one.id, label: one.name }));
  const others = chosen
    .filter((id) => !known.some((one) => one.value === id))
    .map((id) => ({ value: id, label: names.get(id) ?? id }));
  return (
    <div style={{ marginTop: 8 }}>
      <MultiSelect
        aria-label={label}
        placeholder={
          chosen.length > 0
            ? undefined
            : excluding
              ? 'Leave out nobody by segment'
              : 'Choose segments by name'
        }
        searchable
        hidePickedOptions
        maxValues={most}
        // the server has searched already; what was found by it is not to be sifted again
        filter={({ options }) => options}
        data={[...known, ...others]}
        value={chosen}
        searchValue={typed}
        onSearchChange={setTyped}
        onKeyDown={(event) =>
          takeFirst(event, () => {
            const first = found.find((one) => !chosen.includes(one.id));
            if (!first || typed.trim() === '' || typed.trim() !== search || list.isPlaceholderData) return;
            onChange([...chosen, first.id].slice(0, most));
            setTyped('');
          })
        }
        nothingFoundMessage={
          list.error
            ? 'The server did not answer'
            : list.isFetching
              ? 'Searching'
              : search
                ? 'No segment is called so'
                : 'There are no segments yet'
        }
        renderOption={({ option }) => {
          const segment = counted.get(option.value);
          return (
            <span className="row grow">
              <span className="ellipsis grow">{option.label}</span>
              <span className="t3 small nowrap">{segment && lastCount(segment, zone)}</span>
            </span>
          );
        }}
        onChange={onChange}
      />
      <p className="t3 small" style={{ marginTop: 4 }} hidden={excluding}>
        {chosen.length > 1 && !excluding && 'Whoever is in any of them gets it, once. '}
        Who is in them is looked up when it goes out. <Link to="/segments/new">Add a segment</Link>
      </p>
    </div>
  );
}
