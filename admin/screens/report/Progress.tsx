// How far the sending is: done, rate with its limit, finish, start; one bar whose parts sum to planned.
import { useThrottledValue } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import type { WaitReason } from '../../../contract/waits.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { useZone } from '../../session.ts';
import { duration, figure, share } from '../../ui/numbers.ts';
import { ProgressParts } from '../../ui/ProgressParts.tsx';
import { rateWords } from '../../ui/rates.ts';
import { clock, clockSeconds, day, moment, momentShort } from '../../ui/times.ts';
import { deliveryColor, deliveryWord } from './delivery-state.tsx';
import css from './Report.module.css';
import { isSending, progressOf, runWord, testedWords } from './run-words.ts';
import { notKnown, waitWords } from './wait-words.ts';

export function Progress({ campaign, report }: { campaign: Campaign; report: Report }) {
  const zone = useZone();
  const sending = isSending(campaign, report);
  const open = report.queued + report.sending;
  const { done, of } = progressOf(report);
  // A screen reader hears figures at most every 5 seconds, and at once what has become of the sending.
  const underWay = useThrottledValue(`${share(done, of)} done, ${figure(report.sent)} sent`, 5000);
  const spoken = `${runWord(campaign, report)}, ${sending ? underWay : `${figure(report.sent)} sent`}`;
  const secondsLeft = report.finish_at ? (Date.parse(report.finish_at) - Date.now()) / 1000 : null;
  // Counted over a short window, it can be above the limit by a rounding.
  const rate = Math.min(report.rate_per_second, report.rate_limit_per_second ?? Number.POSITIVE_INFINITY);
  const started = report.started_at ?? campaign.launched_at;
  const ended = report.finished_at;
  const took = started && ended ? (Date.parse(ended) - Date.parse(started)) / 1000 : null;
  return (
    <section className={`card ${css.progress}`} aria-label="Progress">
      <p className="sr-only" aria-live="polite">
        {spoken}
      </p>
      <div className={css.facts}>
        <Fact label="Done">
          <span className={css.big} data-testid="done">
            {share(done, of)}
          </span>{' '}
          <span className="t2">
            {figure(done)} of {figure(of)}
          </span>
        </Fact>
        {sending ? (
          <>
            <Fact label="Rate">
              <b>{rateWords(rate)}</b>{' '}
              {report.rate_limit_per_second !== null && (
                <span className="t3">limit {rateWords(report.rate_limit_per_second)}</span>
              )}
            </Fact>
            {report.batch && (
              <Fact label="Batch">
                <b>
                  {figure(report.batch.number)} of {figure(report.batch.of)}
                </b>{' '}
                <span className="t3">{figure(report.batch.size)} each</span>
              </Fact>
            )}
            <Fact label="Finishes in">
              {secondsLeft !== null && report.finish_at ? (
                <>
                  <b>{secondsLeft < 1 ? 'Under 1 s' : duration(secondsLeft)}</b>{' '}
                  <span className="t3">
                    at {secondsLeft < 43_200 ? clock(report.finish_at, zone) : moment(report.finish_at, zone)}
                  </span>
                </>
              ) : (
                <span className="t3">{report.wait ? notKnown[report.wait.reason] : 'Not known yet'}</span>
              )}
            </Fact>
          </>
        ) : (
          <>
            {ended && (
              <Fact label={report.run_status === 'cancelled' ? 'Cancelled' : 'Finished'}>
                <b>{moment(ended, zone)}</b>
              </Fact>
            )}
            {took !== null && (
              <Fact label="Took">
                <b>{took < 1 ? 'Under 1 s' : duration(took)}</b>{' '}
                {report.sent > 0 && took >= 1 && (
                  <span className="t3">{rateWords(report.sent / took)} on average</span>
                )}
              </Fact>
            )}
            {report.run_status === 'paused' && (
              <Fact label="Left to send">
                <b>{figure(open)}</b> <span className="t3">{open === 1 ? 'message' : 'messages'}</span>
              </Fact>
            )}
          </>
        )}
        {started && (
          <Fact label="Started">
            <b>{clockSeconds(started, zone)}</b>{' '}
            <span className="t3">
              {day(started, zone)}, {zoneCity(zone)}
            </span>
          </Fact>
        )}
        {sending && (
          <span className={css.safe}>
            <IconShieldCheck size={14} stroke={1.75} aria-hidden />
            Safe to pause: nobody gets it twice
          </span>
        )}
      </div>
      {sending && report.wait && !saidElsewhere.includes(report.wait.reason) && (
        <p className={`small t2 ${css.wait}`}>{waitWords(report.wait, zone)}</p>
      )}
      {open > 0 && report.quiet && <p className={`small t2 ${css.wait}`}>{quietWords(report.quiet, zone)}</p>}
      {report.also_tested > 0 && <p className={`small t2 ${css.wait}`}>{testedWords(report.also_tested)}</p>}
      <ProgressParts
        noun="planned"
        total={report.planned}
        parts={[
          { label: deliveryWord('sent'), value: report.sent, color: deliveryColor('sent'), always: true },
          {
            label: deliveryWord('skipped'),
            value: report.skipped,
            color: deliveryColor('skipped'),
            always: true,
          },
          {
            label: deliveryWord('failed'),
            value: report.failed,
            color: deliveryColor('failed'),
            always: true,
          },
          { label: deliveryWord('unknown'), value: report.unknown, color: deliveryColor('unknown') },
          { label: deliveryWord('cancelled'), value: report.cancelled, color: deliveryColor('cancelled') },
          { label: deliveryWord('sending'), value: report.sending, color: deliveryColor('sending') },
          {
            label: deliveryWord('queued'),
            value: report.queued,
            color: deliveryColor('queued'),
            always: open > 0,
          },
        ]}
      />
      <Link to="/campaigns/$id/reconciliation" params={{ id: campaign.id }} className={css.reconcile}>
        Where everybody is: reconciliation
      </Link>
    </section>
  );
}

/** The circuit's note, the canary's block and the line on quiet hours say these in full. */
const saidElsewhere: WaitReason[] = ['circuit', 'canary', 'variants', 'quiet'];

function quietWords({ waiting, next_at, until }: NonNullable<Report['quiet']>, zone: string): string {
  const who =
    waiting === 1
      ? '1 person waits until their quiet hours end'
      : `${figure(waiting)} people wait until their quiet hours end`;
  const last = `${momentShort(until, zone)} ${zoneCity(zone)}`;
  if (next_at === until) return `${who}, at ${last}.`;
  return `${who}, the first at ${momentShort(next_at, zone)}, the last at ${last}.`;
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.fact}>
      <span className="small t3">{label}</span>
      <span>{children}</span>
    </div>
  );
}
