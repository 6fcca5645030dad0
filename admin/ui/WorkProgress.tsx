// Long work that is under way (import, bulk action, export): how far, how fast, until when, and the way to stop it.
import { VisuallyHidden } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import type { Progress } from '../../contract/progress.ts';
import { useZone } from '../session.ts';
import { problemText } from './FieldProblem.tsx';
import { Note } from './Note.tsx';
import { duration, figure } from './numbers.ts';
import { progressWords } from './progress-words.ts';
import { ReasonButton } from './ReasonButton.tsx';
import { momentSeconds } from './times.ts';
import { useAction } from './use-action.ts';
import css from './WorkProgress.module.css';

interface Props {
  work: Progress;
  /** What is counted: "rows", "people". */
  noun: string;
  /** Of a total that is estimated: "about 110,000 rows". */
  estimate?: string | undefined;
  /** Stops it for good; what is done stays done. */
  onCancel: () => Promise<unknown>;
  /** Why this person may not stop it. */
  reason?: string | undefined;
}

const announceMs = 5000;

export function WorkProgress({ work, noun, estimate, onCancel, reason }: Props) {
  const zone = useZone();
  const cancelling = useAction();
  const { status, processed, total, per_second: rate, finish_at: finish } = work;
  const part = total ? Math.min(1, processed / total) : null;
  const { far, percent } = progressWords(processed, total, noun, estimate);
  const spoken = useThrottledValue(status === 'queued' ? 'Waiting to start' : far, announceMs);
  return (
    <div className={css.work}>
      <div className={css.head}>
        <span className={css.far}>{status === 'queued' ? 'Waiting to start' : far}</span>
        {status !== 'queued' && percent && <span className="t3">{percent}</span>}
        <ReasonButton
          className="end"
          variant="default"
          miw={92}
          reason={reason}
          onClick={() => void cancelling.run(onCancel)}
        >
          {cancelling.busy ? 'Cancelling' : 'Cancel'}
        </ReasonButton>
      </div>
      <div
        className={css.bar}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={part === null ? undefined : Math.floor(part * 100)}
        aria-valuetext={far}
      >
        <div className={css.done} style={{ width: `${(part ?? 0) * 100}%` }} />
      </div>
      <div className={`small t2 ${css.foot}`}>
        {rate !== null && rate > 0 && (
          <span>
            {figure(rate)} {noun} per second
          </span>
        )}
        {finish ? (
          <span>
            Finished at about {momentSeconds(finish, zone)} {zone}
            <span className="t3">, in {duration((Date.parse(finish) - Date.now()) / 1000)}</span>
          </span>
        ) : (
          <span className="t3">The finish time can be said once it runs.</span>
        )}
      </div>
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
      {cancelling.error ? <Note tone="bad">{problemText(cancelling.error)}</Note> : null}
    </div>
  );
}
