// A search field that the key "/" reaches, and that tells its caller after a short pause.
import { ActionIcon, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

interface Props {
  label: string;
  value: string;
  onSearch: (text: string) => void;
  width?: number | string;
  hotkey?: boolean;
  /** In a dialog: where typing begins. */
  first?: boolean;
}

export function SearchField({ label, value, onSearch, width = 240, hotkey = true, first }: Props) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const told = useRef(value);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    onSearch(next);
  }, 250);
  useHotkeys(hotkey ? [['/', () => field.current?.focus()]] : []);
  // The address changed from outside: Clear filters, the browser's back.
  useEffect(() => {
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  return (
    <TextInput
      ref={field}
      data-autofocus={first || undefined}
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      w={width}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
      rightSection={
        text ? (
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label="Clear search"
            onClick={() => {
              setText('');
              tell('');
              field.current?.focus();
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        ) : hotkey ? (
          <kbd aria-hidden className="no-touch">
            /
          </kbd>
        ) : null
      }
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
