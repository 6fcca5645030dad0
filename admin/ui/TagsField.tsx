// Typing tags, with those that there are suggested: by the mouse, by the arrow keys, and said to a screen reader.
import { TagsInput, type TagsInputProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownTags } from '../../contract/contacts.ts';
import { api, keys } from '../api.ts';

const shownAtOnce = 50;

type Props = Omit<
  TagsInputProps,
  'data' | 'value' | 'onChange' | 'searchValue' | 'onSearchChange' | 'filter'
> & {
  value: string[];
  onChange: (tags: string[]) => void;
  /** What stands in the field and is no tag yet; leaving the field makes it one. */
  onTyped?: (text: string) => void;
};

/** As Mantine's TagsInput. A tag that nobody has yet may be typed; capitals count, as they do on the server. */
export function TagsField({
  value,
  onChange,
  onTyped,
  placeholder = 'Type and press Enter',
  ...rest
}: Props) {
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const [search] = useDebouncedValue(typed.trim(), 200);
  const filter = { search: search || undefined, limit: shownAtOnce };
  const { data } = useQuery({
    queryKey: keys.tags(filter),
    queryFn: ({ signal }) => api.get<KnownTags>('/contacts/tags', filter, signal),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  return (
    <TagsInput
      maxLength={60}
      isDuplicate={(tag, all) => all.includes(tag)}
      {...rest}
      placeholder={value.length > 0 ? undefined : placeholder}
      data={data?.data.map(({ name }) => name) ?? []}
      value={value}
      searchValue={typed}
      onSearchChange={(text) => {
        setTyped(text);
        onTyped?.(text);
      }}
      onDropdownOpen={() => setOpened(true)}
      maxDropdownHeight={220}
      acceptValueOnBlur
      onChange={onChange}
    />
  );
}
