// On every page while nothing is sent: since when, and the way to the list.
import { Link } from '@tanstack/react-router';
import { inWords } from '../../../contract/zones.ts';
import { useMe, useZone } from '../../session.ts';
import css from './Held.module.css';

export function HeldBanner() {
  const { workspace } = useMe();
  const zone = useZone();
  if (!workspace.held_at) return null;
  return (
    <div className={css.banner} role="status">
      <span>
        Nothing is sent: this workspace is held since {inWords(new Date(workspace.held_at), zone)} ({zone}).
      </span>{' '}
      <Link to="/held">See what waits</Link>
    </div>
  );
}
