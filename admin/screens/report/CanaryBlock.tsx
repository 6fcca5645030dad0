// The canary of a run: its step, what happened to its people against the limits, and what comes next.
import {
  IconCheck,
  IconClock,
  IconMinus,
  IconPlayerPause,
  IconPlayerStop,
  IconSend,
  IconUserCheck,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CanaryFigure, CanaryReport, CanaryStep } from '../../../contract/canary.ts';
import { whoIsBlocked } from '../../../contract/deliveries.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { duration, figure, people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { clock, moment } from '../../ui/times.ts';
import css from './Report.module.css';

const badges: Record<CanaryStep, { tone: BadgeTone; icon: ReactNode; word: string }> = {
  sampling: { tone: 'info', icon: <IconSend aria-hidden />, word: 'First people' },
  waiting: { tone: 'info', icon: <IconClock aria-hidden />, word: 'Waiting' },
  passed: { tone: 'ok', icon: <IconCheck aria-hidden />, word: 'Passed' },
  stopped: { tone: 'bad', icon: <IconPlayerStop aria-hidden />, word: 'Stopped' },
  overridden: { tone: 'warn', icon: <IconUserCheck aria-hidden />, word: 'Continued anyway' },
  not_needed: { tone: 'mute', icon: <IconMinus aria-hidden />, word: 'Not needed' },
};
const asking = { tone: 'warn', icon: <IconPlayerPause aria-hidden />, word: 'Waits for you' } as const;

export function CanaryBlock(props: { canary: CanaryReport; ended: boolean; channel: string | null }) {
  const { canary, ended, channel } = props;
  const zone = useZone();
  const waitsForPerson = canary.step === 'passed' && !canary.settled_at && !ended;
  const badge = waitsForPerson ? asking : badges[canary.step];
  return (
    <Section
      title="Canary"
      aside={
        <Badge tone={badge.tone} icon={badge.icon}>
          {badge.word}
        </Badge>
      }
    >
      <p className="t2" aria-live="polite">
        {sentence(canary, zone, ended)}
      </p>
      {canary.people !== null && canary.step !== 'not_needed' && (
        <ul className={css.canaryFigures} aria-label="Figures against their limits">
          {canary.figures.map((one) => (
            <Figure key={one.what} one={one} unknown={canary.unknown} channel={channel} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Figure(props: { one: CanaryFigure; unknown: number; channel: string | null }) {
  const { one, unknown, channel } = props;
  const words = {
    failed: unknown > 0 ? `Failed, or without an answer (${figure(unknown)})` : 'Failed',
    blocked: `Blocked ${whoIsBlocked(channel)}`,
    opted_out: 'Opted out',
  }[one.what];
  const full = one.limit_percent > 0 ? one.percent / one.limit_percent : one.count;
  return (
    <li className={css.canaryFigure}>
      <span>{words}</span>
      <Meter value={full} color={one.within ? 'var(--c-brand-mid)' : 'var(--c-bad)'} />
      <span className={css.number}>
        {figure(one.count)} <span className="t3">({one.percent}%)</span>
      </span>
      <span className={one.within ? 't3' : css.over}>
        {one.within ? `limit ${one.limit_percent}%` : `over the limit of ${one.limit_percent}%`}
      </span>
    </li>
  );
}

/** What stands and what happens next. */
function sentence(canary: CanaryReport, zone: string, ended: boolean): string {
  const at = (iso: string | null) => (iso ? `${clock(iso, zone)} ${zoneCity(zone)}` : '');
  const all = people(canary.people ?? 0);
  const then = canary.when_passed === 'ask' ? 'you are asked' : 'everybody else is messaged';
  switch (canary.step) {
    case 'sampling':
      if (ended) return 'The sending was ended before the canary was judged.';
      if (canary.people === null)
        return 'The audience is being written. Then the people of the canary are drawn from all of it by lot.';
      return `${figure(canary.answered)} of ${all} have been messaged. Everybody else waits until ${duration(canary.wait_minutes * 60)} after the last of them.`;
    case 'waiting':
      if (ended) return 'The sending was ended before the canary was judged.';
      return `${all} have been messaged. At ${at(canary.judge_at)} the figures are compared with the limits; within them, ${then}.`;
    case 'passed':
      if (canary.settled_at)
        return `${canary.finding} Everybody else followed from ${at(canary.settled_at)} on${by(canary)}.`;
      return `${canary.finding}${ended ? '' : ' Everybody else waits for you: resume or cancel the sending.'}`;
    case 'stopped':
      return `${canary.finding}${ended ? '' : ' Nobody else has been messaged. Continue anyway, or cancel the sending.'}`;
    case 'overridden':
      return `${canary.finding} Continued anyway ${canary.settled_at ? moment(canary.settled_at, zone) : ''}${by(canary)}.`;
    case 'not_needed':
      return `The audience is no larger than the canary would have been, so everybody was messaged at once.`;
  }
}

function by({ settled_by }: CanaryReport): string {
  return settled_by ? `, by ${settled_by}` : '';
}
