// "Last 30 days": what these settings, saved or not, would have sent, and to whom. Reckoned when it is asked for.
import { Button, Drawer } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Backtest as Result } from '../../../../contract/automations.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { api } from '../../../api.ts';
import { useZone } from '../../../session.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { usePhone } from '../../../ui/DataTable.tsx';
import { problemText } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { counted, figure, people } from '../../../ui/numbers.ts';
import { day, moment } from '../../../ui/times.ts';
import { useAction } from '../../../ui/use-action.ts';
import type { Draft } from '../../composer/draft.ts';
import css from '../Automations.module.css';
import { DayBars } from '../DayBars.tsx';
import { dayWords, leftOutWords } from '../figures-words.ts';
import { backtestInput } from './backtest-input.ts';

export function Backtest(props: { campaign: Campaign; draft: Draft; ready: boolean }) {
  const { campaign, draft, ready } = props;
  const zone = useZone();
  const phone = usePhone();
  const { busy, error, run } = useAction();
  const [found, setFound] = useState<{ input: string; result: Result } | null>(null);
  const [opened, setOpened] = useState(false);
  const input = backtestInput(draft);
  const asked = JSON.stringify(input);
  const look = () =>
    run(async () => {
      const result = await api.post<Result>(`/campaigns/${campaign.id}/backtest`, input, {
        idempotencyKey: null,
      });
      setFound({ input: asked, result });
    });
  const result = found?.result;
  const stale = found !== null && found.input !== asked;
  const from = result && day(result.from, zone);
  // a history that is younger than the days asked for
  const short =
    result?.kept_since && result.kept_since > result.from ? day(result.kept_since, zone) : undefined;
  return (
    <section className={css.aside} aria-labelledby="backtest">
      <div className="row">
        <h3 id="backtest">Last 30 days</h3>
        {result && <span className="end strong">{counted(result.would_send, 'message', 'messages')}</span>}
      </div>
      <div aria-live="polite">
        {result ? (
          <>
            <p className="small t2">
              With {stale ? 'the settings you tried' : 'these settings'} {figure(result.would_send)} would
              have been sent, to {people(result.people)}.
            </p>
            <div className={css.course}>
              <DayBars wide days={result.days} />
              {result.days.length > 1 && (
                <div className="row small t3" aria-hidden>
                  <span>{dayWords(result.days[0]?.date ?? '')}</span>
                  <span className="end">{dayWords(result.days.at(-1)?.date ?? '')}</span>
                </div>
              )}
            </div>
            {result.left_out.length > 0 && (
              <p className="small t3">
                Of {figure(result.events)}: {leftOutWords(result.left_out)}.
              </p>
            )}
            {result.kept_since === null ? (
              <p className="small t3">The shop has told of nothing yet.</p>
            ) : (
              short && (
                <p className="small t3">
                  The history begins {short}, not {from}.
                </p>
              )
            )}
          </>
        ) : (
          <p className="small t3">
            What these settings would have sent, saved or not. Nothing is sent by looking.
          </p>
        )}
      </div>
      {error ? <Note tone="bad">{problemText(error)}</Note> : null}
      <div className="row wrap" style={{ marginTop: 8 }}>
        {(!result || stale || Boolean(error)) && (
          <Button
            size="xs"
            variant="default"
            disabled={!ready}
            leftSection={<IconHistory size={14} stroke={1.75} />}
            onClick={() => void look()}
          >
            {busy ? 'Testing' : result ? 'Backtest again' : 'Backtest'}
          </Button>
        )}
        {result && result.sample.length > 0 && (
          <button type="button" className={css.link} onClick={() => setOpened(true)}>
            See who
          </button>
        )}
      </div>
      {result && (
        <Drawer
          opened={opened}
          onClose={() => setOpened(false)}
          position="right"
          size={phone ? '100%' : 440}
          title={`Would have got it: ${people(result.people)}`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <ul className={css.people}>
            {result.sample.map((row) => (
              <li key={`${row.contact_id}${row.at}${row.subject.id}`} className={css.person}>
                <Avatar name={row.name} size="small" />
                <div className="grow">
                  <Link to="/contacts/$id" params={{ id: row.contact_id }} className="ellipsis" dir="auto">
                    {row.name}
                  </Link>
                  <div className="small t3">
                    {row.subject.words}. {moment(row.at, zone)}
                  </div>
                </div>
              </li>
            ))}
          </ul>
          {result.would_send > result.sample.length && (
            <p className="small t3">
              The latest {figure(result.sample.length)} of {figure(result.would_send)}.
            </p>
          )}
          {result.assumes.length > 0 && <Note tone="info">{result.assumes.join(' ')}</Note>}
        </Drawer>
      )}
    </section>
  );
}
