// All emoji by group, or those whose name has every word searched for. A part of its own: fetched when it is first opened.
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import css from './EmojiPicker.module.css';
import { emojiGroups } from './emoji-data.ts';

interface Emoji {
  char: string;
  name: string;
  words: string;
}

const usual =
  '🔥 🎉 🎁 ⭐ ✨ 💜 ❤️ 👍 🙌 👏 😊 😍 🤗 😉 🛒 🛍️ 📦 🚚 ⏰ ⏳ 📅 📍 💬 📣 🔔 ✅ ☀️ ❄️ 🌸 🍂 🏷️ 💰 🎨 🏺 ☕ 👋'.split(
    ' ',
  );
const columns = 9;
/** More than a person looks through. */
const mostFound = 180;

const groups = emojiGroups.map(([name, list]) => ({
  name,
  emoji: list.split('|').map((entry): Emoji => {
    const at = entry.indexOf(' ');
    const words = entry.slice(at + 1);
    return { char: entry.slice(0, at), words, name: words.split(',')[0] ?? words };
  }),
}));
const all = groups.flatMap(({ emoji }) => emoji);
const byChar = new Map(all.map((emoji) => [emoji.char, emoji]));
const often = {
  name: 'Often used',
  emoji: usual.map((char) => byChar.get(char)).filter((one) => one !== undefined),
};
const tabs = [often, ...groups];

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const key = words.join(' ');
  const shown = useMemo(() => {
    if (!key) return (tabs[group] ?? often).emoji;
    const wanted = key.split(' ');
    // what shops use stands first: the present before the envelope
    return [...new Set([...often.emoji, ...all])]
      .filter((emoji) => wanted.every((word) => emoji.words.includes(word)))
      .slice(0, mostFound);
  }, [key, group]);
  const buttons = () => [...(grid.current?.querySelectorAll('button') ?? [])];
  const onGridKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    const list = buttons();
    const at = list.indexOf(document.activeElement as HTMLButtonElement);
    list[Math.min(Math.max(at + step, 0), list.length - 1)]?.focus();
  };
  return (
    <div className={css.picker}>
      <TextInput
        data-autofocus
        size="xs"
        aria-label="Search emoji"
        placeholder="Search, for example “gift”"
        leftSection={<IconSearch size={14} stroke={1.75} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            buttons()[0]?.focus();
          } else if (event.key === 'Enter' && shown[0]) {
            event.preventDefault();
            onPick(shown[0].char);
          }
        }}
      />
      {!key && (
        <div className={css.tabs} role="tablist" aria-label="Groups of emoji">
          {tabs.map(({ name, emoji }, index) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={index === group}
              aria-label={name}
              title={name}
              onClick={() => setGroup(index)}
            >
              {index === 0 ? '🕘' : emoji[0]?.char}
            </button>
          ))}
        </div>
      )}
      <p className={css.name} aria-live="polite">
        {key ? found(shown.length) : (tabs[group]?.name ?? '')}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons within are what is pressed; arrows only move between them */}
      <div ref={grid} className={css.grid} onKeyDown={onGridKey}>
        {shown.map(({ char, name }, index) => (
          <button
            key={char}
            type="button"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={`Insert ${char} ${name}`}
            title={name}
            onClick={() => onPick(char)}
          >
            {char}
          </button>
        ))}
      </div>
    </div>
  );
}

function found(count: number): string {
  if (count === 0) return 'No emoji has that name. Try one word in English.';
  return count === mostFound ? `The first ${mostFound}` : `${count} found`;
}
