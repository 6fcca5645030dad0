// Why people did not get it: failed for good, and left out on purpose. The words are the send log's.

import type { Report } from '../../../contract/campaigns.ts';
import {
  type FailureReason,
  failureReasons,
  type SkipReason,
  skipReasons,
} from '../../../contract/deliveries.ts';
import { Meter } from '../../ui/Meter.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Report.module.css';
import { lostWords, retryable } from './retryable.ts';

const failureWords = (reason: string) => failureReasons[reason as FailureReason] ?? reason;
const skipWords = (reason: string) => skipReasons[reason as SkipReason] ?? reason;

export function Reasons({ report }: { report: Report }) {
  const all = report.failed + report.skipped;
  const again = retryable(report);
  return (
    <Section title="Failed and skipped" aside={figure(all)}>
      {all === 0 ? (
        <p className="t3">
          {report.queued + report.sending > 0 ? 'Nobody so far.' : 'Nobody: everyone planned was reached.'}
        </p>
      ) : (
        <>
          {report.failed > 0 && (
            <List
              title={`Failed, ${figure(report.failed)}`}
              rows={report.failures.map((row) => ({ words: failureWords(row.reason), count: row.count }))}
              most={Math.max(...report.failures.map((row) => row.count), 1)}
              color="var(--c-bad)"
            />
          )}
          {report.failed > again && <p className={`small t3 ${css.lost}`}>{lostWords(report, again)}.</p>}
          {report.skipped > 0 && (
            <List
              title={`Skipped on purpose, ${figure(report.skipped)}`}
              rows={report.skips.map((row) => ({ words: skipWords(row.reason), count: row.count }))}
              most={Math.max(...report.skips.map((row) => row.count), 1)}
              color="var(--c-series-3)"
            />
          )}
        </>
      )}
    </Section>
  );
}

function List(props: {
  title: string;
  rows: { words: string; count: number }[];
  most: number;
  color: string;
}) {
  return (
    <>
      <h3 className={css.reasonHead}>{props.title}</h3>
      <ul className={css.reasons}>
        {props.rows.map((row) => (
          <li key={row.words} className={css.reason}>
            <span>{row.words}</span>
            <Meter value={row.count / props.most} color={props.color} />
            <span className={css.number}>{figure(row.count)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
