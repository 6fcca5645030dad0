// The A/B test of a run: what became of each wording, what happens next, and the choice of a winner by hand.
import { Button } from '@mantine/core';
import { IconCheck, IconClock, IconMinus, IconUserCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AbStep, VariantKey, VariantsReport } from '../../../contract/variants.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import css from './Variants.module.css';
import { abSentence, choiceWord, tooEarly, whoGetsIt } from './variant-words.ts';

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
  /** Of an automation. */
  automated: boolean;
}

export function VariantsBlock({ campaignId, runId, variants, ended, paused, automated }: Props) {
  const zone = useZone();
  const badge = badges[variants.step];
  const mayPick = variants.step === 'testing' && !ended && runId !== null;
  const choice = choiceWord(variants, automated);
  const early = tooEarly(variants);
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
        {abSentence(variants, zone, { ended, paused, automated })} {early}
      </p>
      <div className={css.scroll}>
        <table className={`${css.table} ${css.variants}`}>
          <caption className="sr-only">Figures of each variant</caption>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">People</th>
              <th scope="col">Sent</th>
              <th scope="col">Clicked</th>
              <th scope="col">Replied</th>
              <th scope="col">Ordered</th>
            </tr>
          </thead>
          <tbody>
            {variants.data.map((one) => (
              <tr key={one.key} data-winner={variants.winner === one.key || undefined}>
                <th scope="row">
                  {one.key.toUpperCase()}
                  {variants.step === 'decided' && variants.winner === one.key && (
                    <span className={css.winner} data-won={choice === 'Winner' || undefined}>
                      {choice}
                    </span>
                  )}
                  <span className={css.wording} dir="auto" title={one.text}>
                    {one.text || 'No text'}
                  </span>
                </th>
                <td>{figure(one.people)}</td>
                <td>{figure(one.sent)}</td>
                <Share count={one.clicked} of={one.sent} />
                <Share count={one.replied} of={one.sent} />
                <Share count={one.converted} of={one.sent} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayPick && (
        <div className={css.picks}>
          {variants.data.map(({ key }) => (
            <Pick
              key={key}
              campaignId={campaignId}
              runId={runId}
              variant={key}
              who={whoGetsIt(variants, automated)}
            />
          ))}
        </div>
      )}
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

/** Asks once more: what is chosen goes to everybody who waits, of an automation to everybody from then on. */
function Pick(props: { campaignId: string; runId: string; variant: VariantKey; who: string }) {
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
      tell(`Variant ${name} goes to ${props.who}`);
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
        Send {name} to {props.who}
      </ReasonButton>
    );
  return (
    <Button size="xs" data-autofocus aria-disabled={busy || undefined} onClick={() => !busy && void pick()}>
      Yes, send {name} to {props.who}
    </Button>
  );
}
