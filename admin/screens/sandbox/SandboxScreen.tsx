// The simulated phones, framed, and above them the life of the demo shop where it is one. Only where this installation runs the sandbox; elsewhere it says how to get it.
import { useComputedColorScheme } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { setupQuery } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Page } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { LifeBar } from './LifeBar.tsx';
import { LifePanel } from './LifePanel.tsx';
import css from './Sandbox.module.css';
import { useLife } from './use-life.ts';

/** Room for phones and news side by side. */
const wide = 1280;

export function SandboxScreen() {
  const scheme = useComputedColorScheme('light');
  const { data } = useQuery(setupQuery);
  const open = useSearch({ from: '/inside/sandbox-phones' });
  const navigate = useNavigate();
  const { life, busy, change } = useLife();
  const [isOpen, setOpen] = useState(() => innerWidth >= wide);
  // the page inside goes its own way, and is loaded anew for another scheme alone
  const src = useRef({ scheme: '', address: '' });
  if (src.current.scheme !== scheme)
    src.current = {
      scheme,
      address: `/sandbox/phones/?${new URLSearchParams({ embed: '1', theme: scheme, ...open })}`,
    };
  useEffect(() => {
    // what is open there stands in the panel's address, so that a reload finds it again
    const hear = ({ data, origin }: MessageEvent<unknown>) => {
      if (origin !== location.origin || typeof data !== 'object' || data === null || !('phones' in data))
        return;
      // the route keeps what it knows of it
      void navigate({ to: '/sandbox-phones', search: data.phones as typeof open, replace: true });
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, [navigate]);
  useEffect(() => {
    document.title = 'Sandbox – Carillon';
  }, []);
  if (!data)
    return (
      <Page title="Sandbox">
        <BlockSkeleton height={400} />
      </Page>
    );
  if (!data.sandbox)
    return (
      <Page title="Sandbox">
        <EmptyState icon={<IconFlask size={32} stroke={1.5} />} title="The sandbox is off here">
          It shows simulated phones on which messages arrive as on real ones. Start Carillon with SANDBOX=on
          and without a real connection to use it.
        </EmptyState>
      </Page>
    );
  const hasNews = life?.possible && (life.speed !== 'off' || life.news.length > 0);
  const showsNews = isOpen && hasNews === true;
  return (
    <div className={css.screen}>
      <h1 className="sr-only" tabIndex={-1}>
        Sandbox
      </h1>
      {life?.possible && (
        <LifeBar
          life={life}
          busy={busy}
          isOpen={showsNews}
          onOpen={() => setOpen(!isOpen)}
          onChange={(patch) => void change(patch)}
        />
      )}
      <div className={css.halves} data-open={showsNews || undefined}>
        <iframe title="Simulated phones" src={src.current.address} className={css.phones} />
        {life && showsNews && (
          <LifePanel
            life={life}
            busy={busy}
            onChange={(patch) => void change(patch)}
            onClose={() => setOpen(false)}
          />
        )}
      </div>
    </div>
  );
}
