// The A/B test of a run: what became of each wording, what happens next, and the choice of a winner by hand.
import { Button } from '@mantine/core';
import { IconCheck, IconClock, IconMinus, IconUserCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AbStep, VariantKey, VariantsReport } from '../../../contract/variants.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { clock, moment } from '../../ui/times.ts';
import { tell, tellProblem } from '../../ui/toast.tsx';
import css from './Variants.module.css';

const badges: Record<AbStep, { tone: BadgeTone; icon: ReactNode; word: string }> = {
  testing: { tone: 'info', icon: <IconClock aria-hidden />, word: 'Testing' },
  decided: { tone: 'ok', icon: <IconCheck aria-hidden />, word: 'Decided' },
  measuring: { tone: 'info', icon: <IconUserCheck aria-hidden />, word: 'Everybody' },
  not_needed: { tone: 'mute', icon: <IconMinus aria-hidden />, word: 'Not needed' },
};

interface Props {
  campaignId: string;
  runId: string | null;
  variants: VariantsReport;
  /** The sending is over or was cancelled. */
  ended: boolean;
  paused: boolean;
}

export function VariantsBlock({ campaignId, runId, variants, ended, paused }: Props) {
  const zone = useZone();
  const badge = badges[variants.step];
  const mayPick = variants.step === 'testing' && !ended && runId !== null;
  return (
    <Section
      title="A/B test"
      aside={
        <Badge tone={badge.tone} icon={badge.icon}>
          {badge.word}
        </Badge>
      }
    >
      <p className="t2" aria-live="polite">
        {sentence(variants, zone, { ended, paused })}
      </p>
      <div className={css.scroll}>
        <table className={css.table}>
          <caption className="sr-only">Figures of each variant</caption>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">People</th>
              <th scope="col">Sent</th>
              <th scope="col">Clicked</th>
              <th scope="col">Replied</th>
              <th scope="col">Ordered</th>
              {mayPick && (
                <th>
                  <span className="sr-only">Choose</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {variants.data.map((one) => (
              <tr key={one.key} data-winner={variants.winner === one.key || undefined}>
                <th scope="row">
                  {one.key.toUpperCase()}
                  {variants.winner === one.key && <span className={css.winner}>Winner</span>}
                </th>
                <td>{figure(one.people)}</td>
                <td>{figure(one.sent)}</td>
                <Share count={one.clicked} of={one.sent} />
                <Share count={one.replied} of={one.sent} />
                <Share count={one.converted} of={one.sent} />
                {mayPick && (
                  <td>
                    <Pick
                      campaignId={campaignId}
                      runId={runId}
                      variant={one.key}
                      waiting={variants.waiting}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Share({ count, of }: { count: number; of: number }) {
  return (
    <td>
      {figure(count)} {of > 0 && <span className="t3">({((count / of) * 100).toFixed(1)}%)</span>}
    </td>
  );
}

/** Asks once more: what is chosen goes to everybody who waits. */
function Pick(props: { campaignId: string; runId: string; variant: VariantKey; waiting: number }) {
  const client = useQueryClient();
  const send = useMay('campaigns:send');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = props.variant.toUpperCase();
  const pick = async () => {
    setBusy(true);
    try {
      await api.post(`/campaigns/${props.campaignId}/pick_winner`, {
        run_id: props.runId,
        variant: props.variant,
      });
      tell(`Variant ${name} goes to everybody else`);
      await client.invalidateQueries({ queryKey: keys.report(props.campaignId) });
    } catch (problem) {
      tellProblem('No winner was chosen', problem);
    }
    setBusy(false);
    setAsked(false);
  };
  if (!asked)
    return (
      <ReasonButton reason={send.reason} variant="default" size="xs" onClick={() => setAsked(true)}>
        Send {name} on
      </ReasonButton>
    );
  return (
    <Button size="xs" data-autofocus aria-disabled={busy || undefined} onClick={() => !busy && void pick()}>
      Yes, {name} to {people(props.waiting)}
    </Button>
  );
}

const aims = { clicks: 'clicks', replies: 'replies', conversions: 'orders' };

/** What stands and what happens next. */
function sentence(
  variants: VariantsReport,
  zone: string,
  { ended, paused }: Pick<Props, 'ended' | 'paused'>,
): string {
  const { step, by, waiting, decide_at, decided_at, finding } = variants;
  if (step === 'not_needed') return finding ?? 'Too few people for a test: all of them get A.';
  if (step === 'measuring') return 'Everybody is part of the test: there is nobody left to send a winner to.';
  if (step === 'decided') return `${finding ?? ''} Decided ${decided_at ? moment(decided_at, zone) : ''}.`;
  if (ended) return 'The sending was ended before a winner was chosen.';
  if (by === 'hand') return `${people(waiting)} wait until you choose the variant that they get.`;
  if (!decide_at)
    return `The test is being sent. ${people(waiting)} wait for the variant with the most ${aims[by]}.`;
  if (paused)
    return `Paused: the variant with the most ${aims[by]} goes to ${people(waiting)} who wait once it goes on and what people did meanwhile has come in. You can choose earlier.`;
  return `At ${clock(decide_at, zone)} ${zoneCity(zone)} the variant with the most ${aims[by]} goes to ${people(waiting)} who wait. You can choose earlier.`;
}
