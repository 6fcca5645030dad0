// Navigation on a desk: places, the state of the connections, the signed-in person.

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { useLiveState } from '../../live.ts';
import { connectionsQuery } from '../../session.ts';
import { Logo } from '../../ui/Logo.tsx';
import { rateWords } from '../../ui/rates.ts';
import { connectionState, connectionWord } from '../connections/connection-state.tsx';
import { ChannelTile } from './ChannelTile.tsx';
import css from './Frame.module.css';
import { PersonMenu } from './PersonMenu.tsx';
import type { Place } from './places.ts';
import { usePlaceMark } from './use-place-mark.ts';

/** With its phone number in groups; by its name where that cannot be fetched. */
const ConnectionHandle = lazy(() =>
  import('../connections/ConnectionHandle.tsx').then(
    ({ ConnectionHandle }) => ({ default: ConnectionHandle }),
    () => ({ default: ({ connection }: { connection: Connection }) => connection.name }),
  ),
);

interface Props {
  places: readonly Place[];
  rail: boolean;
  unread: string | undefined;
  /** A place that may turn out not to be there: it keeps its room until that is known. */
  unsure: string | undefined;
  onJump: () => void;
  onRail: (() => void) | undefined;
}

export function Sidebar({ places, rail, unread, unsure, onJump, onRail }: Props) {
  const mark = usePlaceMark();
  const link = (place: Place) => {
    const count = place.to === '/inbox' ? unread : undefined;
    const item = (
      <Link
        key={place.to}
        to={place.to}
        {...mark(place)}
        className={css.link}
        data-unsure={place.to === unsure || undefined}
        aria-label={rail ? `${place.label}${count ? `, ${count} unread` : ''}` : undefined}
      >
        <place.icon size={rail ? 20 : 16} stroke={1.75} aria-hidden />
        {!rail && place.label}
        {count && (
          <span className={css.count}>
            {count}
            <span className="sr-only"> unread</span>
          </span>
        )}
      </Link>
    );
    return rail ? (
      <Tooltip key={place.to} label={place.label} position="right">
        {item}
      </Tooltip>
    ) : (
      item
    );
  };
  return (
    <aside className={css.side} data-rail={rail || undefined}>
      <div className={css.brand}>
        <Logo />
        {!rail && 'Carillon'}
        {onRail && !rail && (
          <ActionIcon className="end" variant="subtle" aria-label="Collapse the sidebar" onClick={onRail}>
            <IconLayoutSidebarLeftCollapse size={16} stroke={1.75} />
          </ActionIcon>
        )}
      </div>
      {rail ? (
        <>
          {onRail && (
            <ActionIcon variant="subtle" size={36} aria-label="Expand the sidebar" onClick={onRail}>
              <IconLayoutSidebarLeftExpand size={20} stroke={1.75} />
            </ActionIcon>
          )}
          <ActionIcon variant="subtle" size={36} aria-label="Search or jump to" onClick={onJump}>
            <IconSearch size={20} stroke={1.75} />
          </ActionIcon>
        </>
      ) : (
        <button type="button" className={css.jump} onClick={onJump}>
          <IconSearch size={16} stroke={1.75} aria-hidden />
          Search or jump to
          <kbd className="end" aria-hidden>
            {/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}
          </kbd>
        </button>
      )}
      <nav className={css.nav} aria-label="Main">
        {places.filter((place) => place.group === 'work').map(link)}
        {!rail && <div className={css.heading}>Tools</div>}
        {places.filter((place) => place.group === 'tools').map(link)}
      </nav>
      <div className={css.bottom}>
        {!rail && <ConnectionLines />}
        <PersonMenu rail={rail} />
      </div>
    </aside>
  );
}

function ConnectionLines() {
  const { data } = useQuery(connectionsQuery);
  // Without the live line the states are those of some time ago.
  const away = useLiveState() === 'paused';
  if (!data) return null;
  const needsFix = (connection: Connection) => ['broken', 'blocked'].includes(connectionState(connection));
  const broken = data.data.filter(needsFix).length;
  const silent = data.data.filter((connection) => connection.circuit).length;
  return (
    <div className={`card ${css.lines}`}>
      <div className="row strong">
        Channels
        {data.data.length === 0 ? (
          <Link className="end" to="/connections">
            Connect
          </Link>
        ) : away ? (
          <span className="end t3">Not known</span>
        ) : broken > 0 ? (
          <Link className="end bad" to="/connections">
            {broken} to fix
          </Link>
        ) : silent > 0 ? (
          <Link className="end t2" to="/connections">
            {silent} not answering
          </Link>
        ) : (
          <span className="end ok">All connected</span>
        )}
      </div>
      {data.data.slice(0, 4).map((connection) => (
        <div key={connection.id} className="row t2">
          <ChannelTile channel={connection.channel} size={16} />
          <span className="ellipsis grow">
            <Suspense fallback={connection.name}>
              <ConnectionHandle connection={connection} />
            </Suspense>
          </span>
          {away ? null : needsFix(connection) ? (
            <Link className="bad" to="/connections">
              Fix
            </Link>
          ) : connection.circuit ? (
            <span className="t2 nowrap">{connectionWord(connectionState(connection))}</span>
          ) : (
            <span className="t3 nowrap">{rateWords(connection.rate_per_second, 'short')}</span>
          )}
        </div>
      ))}
    </div>
  );
}
