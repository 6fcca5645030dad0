// After another screen has come, the focus stands on its heading: a screen reader says where it is, and Tab goes on there.
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

const inInbox = /^\/inbox(\/|$)/;

export function useHeadingFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
        if (!pathChanged || !fromLocation) return;
        // From one conversation to the next the focus stays in the list.
        if (inInbox.test(fromLocation.pathname) && inInbox.test(toLocation.pathname)) return;
        const work = document.getElementById('work');
        const active = document.activeElement;
        // A screen that begins with a field, and a dialog, have their own idea.
        if (active?.matches('input, textarea') || active?.closest('[role="dialog"]')) return;
        const heading = work?.querySelector<HTMLElement>('h1');
        if (heading && !heading.hasAttribute('tabindex')) heading.tabIndex = -1;
        (heading ?? work)?.focus({ preventScroll: true });
      }),
    [router],
  );
}
