// Enter in a select whose options come from the server: it takes the first that was found. Mantine's own marking of the first
// option happens with the key, before the answer is there, and would take somebody from the list before.
import type { KeyboardEvent } from 'react';

/** Calls `take` where Enter was pressed in an open list in which nothing is marked. */
export function takeFirst(event: KeyboardEvent<HTMLInputElement>, take: () => void): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
  const list = document.getElementById(event.currentTarget.getAttribute('aria-controls') ?? '');
  if (!list || list.querySelector('[data-combobox-selected]')) return;
  event.preventDefault();
  take();
}
