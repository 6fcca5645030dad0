// Why people did not get it: failed for good, in the words of the field, and left out on purpose. Each opens its people.
import { UnstyledButton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Report } from '../../../contract/campaigns.ts';
import { useZone } from '../../session.ts';
import { Meter } from '../../ui/Meter.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Report.module.css';
import { lostWords, retryable } from './retryable.ts';

interface Row {
  code: string;
  words: string;
  count: number;
  /** The causes that it sums up, where there is more to say than its own words. */
  causes: string | null;
}

export function Reasons({ report }: { report: Report }) {
  const all = report.failed + report.skipped;
  const zone = useZone();
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
              state="failed"
              title={`Failed, ${figure(report.failed)}`}
              rows={groups(report)}
              color="var(--c-bad)"
            />
          )}
          {report.failed > again && (
            <p className={`small t3 ${css.lost}`}>{lostWords(report, again, zone)}.</p>
          )}
          {report.skipped > 0 && (
            <List
              state="skipped"
              title={`Skipped on purpose, ${figure(report.skipped)}`}
              rows={report.skips.map((row) => ({ ...row, words: row.reason, causes: null }))}
              color="var(--c-series-3)"
            />
          )}
        </>
      )}
    </Section>
  );
}

function groups(report: Report): Row[] {
  const found = new Map<string, Row & { all: Report['failures'] }>();
  for (const row of report.failures) {
    const group = found.get(row.group) ?? {
      code: row.group,
      words: row.group_words,
      count: 0,
      causes: null,
      all: [],
    };
    group.count += row.count;
    group.all.push(row);
    found.set(row.group, group);
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ all, ...group }) => ({
      ...group,
      causes:
        all.length === 1 && all[0]?.reason === group.words
          ? null
          : all
              .map((row) => (all.length === 1 ? row.reason : `${row.reason}, ${figure(row.count)}`))
              .join('; '),
    }));
}

function List(props: { state: 'failed' | 'skipped'; title: string; rows: Row[]; color: string }) {
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const search = useSearch({ from: '/inside/campaigns/$id' });
  const most = Math.max(...props.rows.map((row) => row.count), 1);
  const open = (row: Row) => {
    void navigate({
      search: (old) => ({ ...old, state: props.state, reason: row.code, search: undefined }),
      resetScroll: false,
    });
    document.getElementById('send-log')?.scrollIntoView({ block: 'start' });
  };
  return (
    <>
      <h3 className={css.reasonHead}>{props.title}</h3>
      <ul className={css.reasons}>
        {props.rows.map((row) => (
          <li key={row.code}>
            <UnstyledButton
              className={css.reason}
              aria-pressed={search.reason === row.code && search.state === props.state}
              title="Show them in the send log"
              onClick={() => open(row)}
            >
              <span>
                {row.words}
                {row.causes && <span className={css.causes}>{row.causes}</span>}
              </span>
              <Meter value={row.count / most} color={props.color} />
              <span className={css.number}>{figure(row.count)}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </>
  );
}
