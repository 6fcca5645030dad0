// The simulated phones, framed. Only where this installation runs the sandbox; elsewhere it says how to get it.
import { useComputedColorScheme } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { setupQuery } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Page } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';

export function SandboxScreen() {
  const scheme = useComputedColorScheme('light');
  const { data } = useQuery(setupQuery);
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
  return (
    <>
      <h1 className="sr-only" tabIndex={-1}>
        Sandbox
      </h1>
      <iframe
        title="Simulated phones"
        src={`/sandbox/phones/?embed=1&theme=${scheme}`}
        style={{ width: '100%', height: '100%', border: 0, display: 'block' }}
      />
    </>
  );
}
