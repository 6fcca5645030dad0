// A time zone, found by city, country or offset: the text is replaced by what is typed, and Enter takes the first that fits.
import { type ComboboxItem, Select, type SelectProps } from '@mantine/core';
import { useState } from 'react';
import { takeFirst } from './take-first.ts';
import { zones } from './times.ts';
import { matchZones, offsetWords, type ZoneBook, zoneBook } from './zone-search.ts';

type Props = Omit<SelectProps, 'data' | 'filter' | 'searchable' | 'limit' | 'renderOption' | 'value'> & {
  value: string | null;
};

const noBook: ZoneBook = new Map();
const shownAtMost = 80;

export function ZoneField({ value, onFocus, onChange, ...props }: Props) {
  const [book, setBook] = useState(noBook);
  const [opened, setOpened] = useState(false);
  const all = value ? [...new Set([value, ...zones()])] : zones();
  return (
    <Select
      nothingFoundMessage="No zone matches. Try a large city, a country, or an offset like GMT+9."
      allowDeselect={false}
      {...props}
      value={value}
      onChange={onChange}
      data={all}
      searchable
      dropdownOpened={opened}
      onDropdownOpen={() => setOpened(true)}
      onDropdownClose={() => setOpened(false)}
      limit={shownAtMost}
      selectFirstOptionOnChange
      filter={({ options, search }) => {
        const items = new Map((options as ComboboxItem[]).map((item) => [item.value, item]));
        return matchZones(search, book, Date.now(), all)
          .slice(0, shownAtMost)
          .flatMap((zone) => items.get(zone) ?? []);
      }}
      renderOption={({ option }) => (
        <span className="grow">
          {option.label.replaceAll('_', ' ')}
          {/* readable on the highlighted row as well */}
          <span className="small" style={{ display: 'block', opacity: 0.75 }}>
            {besides(option.value, book)}
          </span>
        </span>
      )}
      // what was found only when the countries had come is marked by nobody
      onKeyDown={(event) =>
        takeFirst(event, () => {
          const field = event.currentTarget;
          const [first] = matchZones(field.value, book, Date.now(), all);
          if (!first || field.value.trim() === '' || field.value === value) return;
          onChange?.(first, { value: first, label: first });
          setOpened(false);
        })
      }
      onFocus={(event) => {
        onFocus?.(event);
        void zoneBook().then(setBook);
        const field = event.currentTarget;
        // after the press has put its caret
        setTimeout(() => field.select());
      }}
    />
  );
}

/** "Japan, UTC+09:00": the first of its countries is the one with the most people there. */
function besides(zone: string, book: ZoneBook): string {
  const country = book.get(zone)?.countries[0];
  const offset = offsetWords(zone, Date.now());
  return country ? `${country}, ${offset}` : offset;
}
