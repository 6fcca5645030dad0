// Where an address leads nowhere, and where a screen breaks.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconMapQuestion } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
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
  return (
    <div style={{ padding: '0 16px' }}>
      <ErrorState
        title="This screen could not be shown"
        error={error}
        safe="Sending goes on in the background. Nothing is lost."
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}
