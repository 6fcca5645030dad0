// The signed-in frame: sidebar on a desk, a rail beside the composer, a tab bar on a phone; the live line lives here.
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Conversation } from '../../../contract/conversations.ts';
import type { Page } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { fetchAllScreens, lazyPart } from '../../lazy-screen.tsx';
import { startLive, useLiveState } from '../../live.ts';
import { setupQuery } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { HeldBanner } from '../held/HeldBanner.tsx';
import { hasHeld, heldQuery } from '../held/use-held.ts';
import css from './Frame.module.css';
import { isComposer, type Place, places } from './places.ts';
import { Sidebar } from './Sidebar.tsx';
import { TabBar } from './TabBar.tsx';
import { useHeadingFocus } from './use-heading-focus.ts';

// what it knows of campaigns and people would weigh on the first load
const JumpDialog = lazyPart<{ opened: boolean; places: readonly Place[]; onClose: () => void }, 'JumpDialog'>(
  () => import('./JumpDialog.tsx'),
  'JumpDialog',
  () => null,
);

/** How many conversations have something unread: 12, or "50+" where there are more than one page. */
function useUnread(): string | undefined {
  const { data } = useQuery({
    queryKey: keys.conversations({ unread: true, limit: 50 }),
    queryFn: ({ signal }) =>
      api.get<Page<Conversation>>('/conversations', { unread: true, limit: 50 }, signal),
    staleTime: 30_000,
  });
  if (!data || data.data.length === 0) return undefined;
  return `${data.data.length}${data.next_cursor ? '+' : ''}`;
}

export function Frame() {
  const client = useQueryClient();
  const phone = usePhone();
  const live = useLiveState();
  const unread = useUnread();
  const [jumping, setJumping] = useState<boolean>();
  const [railed, setRailed] = useState(() => localStorage.getItem('carillon-rail') === '1');
  const { data: setup } = useQuery(setupQuery);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { data: waiting } = useQuery(heldQuery);
  const shown = places.filter(
    (place) =>
      (place.to !== '/sandbox-phones' || (setup?.sandbox ?? !phone)) &&
      (place.to !== '/held' || hasHeld(waiting)),
  );
  const composing = isComposer(path);
  const tight = useMediaQuery('(max-width: 1099px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const rail = railed || composing || tight;
  const inThread = /^\/inbox\/./.test(path);

  useEffect(() => startLive(client), [client]);
  useEffect(() => fetchAllScreens(), []);
  useHeadingFocus();
  useHotkeys([['mod+K', () => setJumping(true)]], [], true);

  return (
    <div className={css.frame} data-rail={rail || undefined} data-phone={phone || undefined}>
      <a className={css.skip} href="#work">
        Skip to the content
      </a>
      {!phone && (
        <Sidebar
          places={shown}
          rail={rail}
          unread={unread}
          unsure={setup ? undefined : '/sandbox-phones'}
          onJump={() => setJumping(true)}
          onRail={
            composing || tight
              ? undefined
              : () => {
                  localStorage.setItem('carillon-rail', railed ? '0' : '1');
                  setRailed(!railed);
                }
          }
        />
      )}
      <main
        id="work"
        className={css.work}
        tabIndex={-1}
        aria-label={path === '/sandbox-phones' ? 'Sandbox' : undefined}
      >
        {live === 'paused' && (
          <div className={css.paused} role="status">
            No connection to Carillon, trying again. Figures may be old; nothing is lost.
          </div>
        )}
        <HeldBanner />
        <div className={css.screen}>
          <Outlet />
        </div>
      </main>
      {phone && !inThread && !composing && (
        <TabBar places={shown} unread={unread} onJump={() => setJumping(true)} />
      )}
      {jumping !== undefined && (
        <JumpDialog opened={jumping} places={shown} onClose={() => setJumping(false)} />
      )}
    </div>
  );
}
