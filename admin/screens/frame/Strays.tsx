// Where an address leads nowhere, and where a screen breaks.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconMapQuestion } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../../api.ts';
import { ScreenMissing } from '../../lazy-screen.tsx';
import { useLiveState } from '../../live.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';

export function NotFound({ what = 'This page' }: { what?: string }) {
  return (
    <EmptyState
      level={1}
      icon={<IconMapQuestion size={32} stroke={1.5} />}
      title={`${what} does not exist`}
      actions={
        <Button
          variant="default"
          component={Link}
          to="/campaigns"
          leftSection={<IconArrowLeft size={16} stroke={1.75} />}
        >
          Go to campaigns
        </Button>
      }
    >
      It may have been deleted, or the address is not complete.
    </EmptyState>
  );
}

export function ScreenError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const live = useLiveState();
  const missing = error instanceof ScreenMissing;
  const retry = () => {
    reset();
    void router.invalidate();
  };
  // As soon as the line is back, so is the screen.
  const wasAway = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the line only
  useEffect(() => {
    if (live === 'paused') wasAway.current = true;
    else if (live === 'live' && wasAway.current) retry();
  }, [live]);
  const retryByHand = async () => {
    // The code of another version is asked for by its new name, which only a new page knows. Never without a server.
    if (
      missing &&
      (await api.get('/setup').then(
        () => true,
        () => false,
      ))
    )
      location.reload();
    else retry();
  };
  return (
    <div style={{ padding: '0 16px' }}>
      <ErrorState
        title={missing ? 'This page could not be fetched' : 'This screen could not be shown'}
        error={error}
        safe="Nothing is lost."
        onRetry={() => void retryByHand()}
      />
    </div>
  );
}
