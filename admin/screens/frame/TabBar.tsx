// Navigation on a phone: four places and everything else under More.
import { Drawer, NavLink } from '@mantine/core';
import { IconLogout, IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import css from './Frame.module.css';
import { useSignOut } from './PersonMenu.tsx';
import { isMore, type Place } from './places.ts';
import { usePlaceMark } from './use-place-mark.ts';

interface Props {
  places: readonly Place[];
  unread: string | undefined;
  onJump: () => void;
}

export function TabBar({ places, unread, onJump }: Props) {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const signOut = useSignOut();
  const mark = usePlaceMark();
  return (
    <nav className={css.tabs} aria-label="Main">
      {places
        .filter((place) => place.group === 'work' && !isMore(place))
        .map((place) => (
          <Link key={place.to} to={place.to} {...mark(place)} className={css.tab}>
            <place.icon size={20} stroke={1.75} aria-hidden />
            {place.label}
            {place.to === '/inbox' && unread && (
              <span className={css.tabCount}>
                {unread}
                <span className="sr-only"> unread</span>
              </span>
            )}
          </Link>
        ))}
      <button type="button" className={`plain-button ${css.tab}`} onClick={() => setOpen(true)}>
        <IconMenu2 size={20} stroke={1.75} aria-hidden />
        More
      </button>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title="More"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NavLink
          h={44}
          label="Search or jump to"
          leftSection={<IconSearch size={20} stroke={1.75} />}
          component="button"
          onClick={() => {
            setOpen(false);
            onJump();
          }}
        />
        {places
          .filter((place) => place.group === 'tools' || isMore(place))
          .map((place) => (
            <NavLink
              key={place.to}
              h={44}
              component="button"
              label={place.label}
              leftSection={<place.icon size={20} stroke={1.75} />}
              onClick={() => {
                setOpen(false);
                void navigate({ to: place.to });
              }}
            />
          ))}
        <NavLink
          h={44}
          component="button"
          label="Sign out"
          leftSection={<IconLogout size={20} stroke={1.75} />}
          onClick={() => void signOut()}
        />
      </Drawer>
    </nav>
  );
}
