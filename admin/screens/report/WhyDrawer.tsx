// Why one person gets a campaign or does not: everything that is asked, in the order in which it decides.
import { Button, Drawer } from '@mantine/core';
import { IconCircleCheck, IconCircleMinus, IconCircleX, IconClock } from '@tabler/icons-react';
import type { Rule } from '../../../contract/rules.ts';
import type { WhyCheck, WhyVerdict } from '../../../contract/why.ts';
import { useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import css from '../composer/audience/Audience.module.css';
import { RuleText } from '../segments/RuleText.tsx';
import { type Asked, useWhy } from './use-why.ts';
import { splitChecks, whyTitle } from './why-words.ts';

interface Props {
  campaignId: string;
  /** Of which run; absent: the latest that has a row of theirs. */
  runId?: string | undefined;
  asked: Asked | null;
  onClose: () => void;
}

export function WhyDrawer({ campaignId, runId, asked, onClose }: Props) {
  const phone = usePhone();
  const why = useWhy(campaignId, asked, runId);
  return (
    <Drawer
      opened={asked !== null}
      onClose={onClose}
      position="right"
      size={phone ? '100%' : 440}
      title={whyTitle(asked?.name ?? why.data?.contact.name ?? '', why.data)}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {asked && <WhyText why={why} />}
    </Drawer>
  );
}

const tones: Record<WhyVerdict, 'ok' | 'info' | 'warn'> = {
  will_get: 'ok',
  got: 'ok',
  sent: 'info',
  waiting: 'info',
  skipped: 'warn',
  failed: 'warn',
  unknown: 'warn',
  not_meant: 'info',
};
const icons = { yes: IconCircleCheck, no: IconCircleX, waits: IconClock, not_checked: IconCircleMinus };
const outcomeWords = { yes: 'Yes', no: 'No', waits: 'Waits', not_checked: 'Not checked' };

function WhyText({ why }: { why: ReturnType<typeof useWhy> }) {
  const zone = useZone();
  const { data, error, refetch } = why;
  if (error && !data)
    return <ErrorState title="This could not be looked up" error={error} onRetry={() => void refetch()} />;
  if (!data) return <RowSkeletons rows={6} height={40} />;
  const { asked, skipped } = splitChecks(data.checks);
  return (
    <>
      <Note tone={tones[data.verdict]}>
        <div className="strong">{data.headline}</div>
        {data.explanation !== data.headline && data.explanation}
      </Note>
      <nav className={css.remedies} aria-label="What can be done">
        {data.remedies.map((one) => (
          <Button key={one.href} component="a" href={one.href} size="xs" variant="default">
            {one.words}
          </Button>
        ))}
      </nav>
      <ol className={css.checks} aria-label="Checks, in order">
        {asked.map((check) => (
          <Check key={check.key} check={check} zone={zone} />
        ))}
      </ol>
      {skipped.length > 0 && (
        <p className="t2 small">
          That decided it. Not asked any more:{' '}
          {skipped.map((check) => withinSentence(check.words)).join(', ')}.
        </p>
      )}
      <p className="t3 small">
        As of {moment(data.as_of, zone)} ({zone})
      </p>
    </>
  );
}

function Check({ check, zone }: { check: WhyCheck; zone: string }) {
  const Icon = icons[check.outcome];
  const isAsked = check.outcome !== 'not_checked';
  return (
    <li className={css.check} data-outcome={check.outcome}>
      <Icon size={20} stroke={1.75} aria-label={outcomeWords[check.outcome]} />
      <div>
        <div className="strong">{check.words}</div>
        {check.detail && <div className="t2">{check.detail}</div>}
        {isAsked && check.at && (
          <div className="t3 small">
            {check.key === 'cap' || check.key === 'quiet' ? 'Allowed from ' : ''}
            {moment(check.at, zone)}
          </div>
        )}
        {check.rule?.map((line) => (
          <div key={line.words} className="small">
            {line.holds ? '✓' : '✗'} {line.words}
            {line.parts.map((part, index) => (
              <div key={String(index)} className="row" style={{ paddingLeft: 16 }}>
                <span>{part.holds ? '✓' : '✗'}</span>
                <RuleText rule={part.rule as Rule} />
              </div>
            ))}
          </div>
        ))}
        {isAsked &&
          check.used?.map((one) => (
            <div key={`${one.campaign_id}${one.at}`} className="row small">
              <span className="grow ellipsis">{one.name}</span>
              <span className="t3 nowrap">{moment(one.at, zone)}</span>
            </div>
          ))}
      </div>
    </li>
  );
}
