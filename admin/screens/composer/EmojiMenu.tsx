// Opens the emoji picker, whose code and names come only then.
import { Button, Loader, Popover } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { useState } from 'react';
import { lazyPart } from '../../lazy-screen.tsx';
import css from './Composer.module.css';

const EmojiPicker = lazyPart<{ onPick: (emoji: string) => void }, 'EmojiPicker'>(
  () => import('./EmojiPicker.tsx'),
  'EmojiPicker',
  () => <Loader size="xs" m={12} aria-label="Loading emoji" />,
);

export function EmojiMenu({ onPick, disabled }: { onPick: (emoji: string) => void; disabled?: boolean }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" returnFocus={false} trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="subtle"
          disabled={disabled}
          leftSection={<IconMoodSmile size={16} stroke={1.75} />}
          aria-label="Emoji"
          onMouseEnter={() => void EmojiPicker.preload()}
          onClick={() => setOpened(!opened)}
        >
          <span className={css.wide}>Emoji</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <EmojiPicker
          onPick={(emoji) => {
            setOpened(false);
            // after the popover has let go of the focus, so that the cursor is back in the text
            setTimeout(() => onPick(emoji), 0);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
