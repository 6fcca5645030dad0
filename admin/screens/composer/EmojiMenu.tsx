// A small set of emoji that shops use; everything else comes from the system's own picker.
import { Button, Popover } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { useState } from 'react';
import css from './Composer.module.css';

const emoji =
  '🔥 🎉 🎁 ⭐ ✨ 💜 ❤️ 👍 🙌 👏 😊 😍 🤗 😉 🛒 🛍️ 📦 🚚 ⏰ ⏳ 📅 📍 💬 📣 🔔 ✅ ☀️ ❄️ 🌸 🍂 🏷️ 💰 🎨 🏺 ☕ 👋'.split(
    ' ',
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
          onClick={() => setOpened(!opened)}
        >
          <span className={css.wide}>Emoji</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <div className={css.emoji}>
          {emoji.map((item) => (
            <button
              key={item}
              type="button"
              aria-label={`Insert ${item}`}
              onClick={() => {
                setOpened(false);
                setTimeout(() => onPick(item), 0);
              }}
            >
              {item}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
