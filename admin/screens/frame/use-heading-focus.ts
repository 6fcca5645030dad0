// After another screen has come, the focus stands on its heading: a screen reader says where it is, and Tab goes on there.
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

const inInbox = /^\/inbox(\/|$)/;

function focusHeading(): void {
  const work = document.getElementById('work');
  const active = document.activeElement;
  // A screen that begins with a field, a dialog, and a person who has gone on already have their own idea.
  const free = !active || active === document.body || active === work || active.matches('h1, nav a, aside a');
  if (!free) return;
  const heading = work?.querySelector<HTMLElement>('h1');
  if (heading && !heading.hasAttribute('tabindex')) heading.tabIndex = -1;
  (heading ?? work)?.focus({ preventScroll: true });
}

/** A screen may come late; whoever has pressed or clicked something by then is past its heading. */
function focusWhileNobodyActs(): void {
  const timers = [0, 250, 1000].map((wait) => setTimeout(focusHeading, wait));
  const stop = () => timers.forEach(clearTimeout);
  for (const act of ['keydown', 'pointerdown'])
    window.addEventListener(act, stop, { once: true, capture: true });
}

export function useHeadingFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
        if (!pathChanged || !fromLocation) return;
        // From one conversation to the next the focus stays in the list.
        if (inInbox.test(fromLocation.pathname) && inInbox.test(toLocation.pathname)) return;
        focusWhileNobodyActs();
      }),
    [router],
  );
}
