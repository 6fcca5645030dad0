// What did not work, what is safe all the same, and the way out. Copy details carries the reference for the server's log.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiProblem, isUnreachable } from '../api.ts';
import css from './ErrorState.module.css';

interface Props {
  /** "Campaigns could not be loaded". */
  title: string;
  error: unknown;
  /** What is not lost while the server runs: "Sending goes on in the background." */
  safe?: string;
  onRetry?: () => void;
  /** Another way out, beside trying again. */
  actions?: ReactNode;
}

export function ErrorState({ title, error, safe, onRetry, actions }: Props) {
  const clipboard = useClipboard({ timeout: 2000 });
  const problem = error instanceof ApiProblem ? error : null;
  const detail = problem?.detail ?? (error instanceof Error ? error.message : 'The reason is not known.');
  // Without the server nothing goes on: say only what holds all the same.
  const away = isUnreachable(error);
  const details = [title, problem?.code, detail, problem?.reference, new Date().toISOString(), location.href]
    .filter(Boolean)
    .join('\n');
  return (
    <div className={css.error} role="alert">
      <h2 className={css.title}>
        <IconPlugConnectedX size={16} stroke={1.75} aria-hidden />
        {title}
      </h2>
      <p className="t2">
        {away
          ? 'No connection to Carillon, trying again. What is queued stays queued, and nobody gets it twice.'
          : `${detail} ${safe ?? ''}`}
      </p>
      <div className={css.actions}>
        {onRetry && (
          <Button variant="default" onClick={onRetry} leftSection={<IconRefresh size={16} stroke={1.75} />}>
            Try again
          </Button>
        )}
        {actions}
        <Button variant="subtle" onClick={() => clipboard.copy(details)} miw={104}>
          {clipboard.copied ? 'Copied' : 'Copy details'}
        </Button>
        {problem?.reference && <span className={`mono t3 end ${css.reference}`}>{problem.reference}</span>}
      </div>
    </div>
  );
}
