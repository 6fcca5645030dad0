// What waits for a person's word: all that a held workspace would send, each with Release and Cancel; and campaigns that were
// not sent at their hour.
import { IconCircleCheck, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { inWords } from '../../../contract/zones.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { counted } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import css from './Held.module.css';
import { releaseAllWords, releasedWords, summary } from './held-words.ts';
import { MissedTable } from './MissedTable.tsx';
import { useDecision } from './use-decision.ts';
import { hasHeld, heldQuery } from './use-held.ts';
import { WaitingTable } from './WaitingTable.tsx';

export function HeldScreen() {
  const zone = useZone();
  const { data, error, isPending, refetch } = useQuery(heldQuery);
  const decide = useMay('workspace:write');
  const [asking, setAsking] = useState(false);
  const { busy, error: refused, run, clear } = useDecision();
  const release = async () => {
    if (await run('release', { all: true }, data ? releasedWords(data) : 'Released')) setAsking(false);
  };
  return (
    <Page
      title="Held"
      actions={
        data?.since && (
          <ReasonButton
            reason={decide.reason}
            leftSection={<IconPlayerPlay size={16} stroke={1.75} />}
            onClick={() => {
              clear();
              setAsking(true);
            }}
          >
            Release all
          </ReasonButton>
        )
      }
    >
      {isPending ? (
        <RowSkeletons rows={4} />
      ) : !data ? (
        <ErrorState
          title="The list could not be loaded"
          error={error}
          safe="What is held stays held."
          onRetry={() => void refetch()}
        />
      ) : !hasHeld(data) ? (
        <EmptyState icon={<IconCircleCheck size={28} stroke={1.5} />} title="Nothing is held">
          Campaigns that were not sent at their hour wait here for your word, and everything that would go out
          after a start with --held.
        </EmptyState>
      ) : (
        <div className={css.stack}>
          {data.since && (
            <>
              <Note tone="warn">
                Nothing is sent since {inWords(new Date(data.since), zone)} ({zone}). If this database was
                restored from a backup: messages that were sent after the backup was made are not in it.
                Whoever got one of them counts as waiting here and would get it again. The safe choice for a
                campaign that was being sent at that time is to cancel what was waiting.
              </Note>
              <Section title="Would go out" aside={summary(data)}>
                <WaitingTable held={data} />
              </Section>
            </>
          )}
          {data.missed.length > 0 && (
            <Section
              title="Not sent at their hour"
              aside={counted(data.missed.length, 'campaign', 'campaigns')}
            >
              <MissedTable rows={data.missed} />
            </Section>
          )}
        </div>
      )}
      <ConfirmDialog
        opened={asking}
        title="Release all?"
        action="Release all"
        busyLabel="Releasing"
        danger
        busy={busy}
        error={refused}
        onClose={() => setAsking(false)}
        onConfirm={() => void release()}
      >
        {data && releaseAllWords(data, Date.now())}
      </ConfirmDialog>
    </Page>
  );
}
