// Those nobody can know: since when and why, and the decision of a person for all of them or for one cause.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  ReckoningGroup,
  Reconciliation,
  Settlement,
  SettlementVerb,
} from '../../../contract/reconciliation.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { moment } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { waitWords } from '../report/wait-words.ts';
import css from './Reconciliation.module.css';
import { Settling } from './Settling.tsx';

interface Question {
  verb: SettlementVerb;
  reason: string | null;
  words: string | null;
  count: number;
  /** One answer to one question, however often it is pressed. */
  key: string;
}

interface Props {
  campaignId: string;
  it: Reconciliation;
  /** They settle by themselves until then; null: somebody has to decide. */
  by: Date | null;
}

export function Unknowns({ campaignId, it, by }: Props) {
  const zone = useZone();
  const client = useQueryClient();
  const settle = useMay('deliveries:write');
  const { busy, error, run, clear } = useAction();
  const [decides, setDecides] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const causes = it.groups.filter((group) => group.state === 'unknown');
  const isBusy = it.settlement?.status === 'active';
  // an open question stays, also when somebody else has answered it meanwhile
  if (causes.length === 0 && !isBusy && !question) return null;

  const ask = (verb: SettlementVerb, cause: ReckoningGroup | null) => {
    clear();
    setQuestion({
      verb,
      reason: cause?.reason ?? null,
      words: cause?.words ?? null,
      count: cause?.count ?? it.unknown,
      key: newKey(),
    });
  };
  const refresh = () =>
    Promise.all(
      [keys.reconciliation(campaignId), keys.deliveries(campaignId), keys.campaign(campaignId)].map(
        (queryKey) => client.invalidateQueries({ queryKey }),
      ),
    );
  const answer = async (it: Reconciliation, asked: Question) => {
    const done = await run(async () => {
      const verb = asked.verb === 'resend' ? 'resend_unknown' : 'count_unknown_as_sent';
      const body = { run_id: it.run?.id, reason: asked.reason, expected: asked.count };
      const started = await api.post<Settlement>(`/campaigns/${campaignId}/${verb}`, body, {
        idempotencyKey: asked.key,
      });
      tell(saysWhatHappens(started));
    });
    void client.invalidateQueries({ queryKey: keys.report(campaignId) });
    void client.invalidateQueries({ queryKey: keys.campaigns(), refetchType: 'none' });
    await refresh();
    if (done) setQuestion(null);
  };
  const span = (cause: ReckoningGroup) =>
    cause.first_at && cause.last_at
      ? moment(cause.first_at, zone) === moment(cause.last_at, zone)
        ? moment(cause.first_at, zone)
        : `${moment(cause.first_at, zone)} to ${moment(cause.last_at, zone)}`
      : '';
  const waits = by !== null && it.unknown > 0 && !isBusy;
  const reason = settle.reason ?? (isBusy ? 'They are being settled at this moment.' : undefined);
  const buttons = (cause: ReckoningGroup | null) => {
    const count = cause?.count ?? it.unknown;
    const of = cause ? `: ${cause.words}` : '';
    return (
      <span className={css.buttons}>
        <ReasonButton
          variant="default"
          size={cause ? 'xs' : 'sm'}
          reason={reason ?? it.resend_refusal ?? undefined}
          aria-label={cause ? `${resendTo(count)}${of}` : undefined}
          onClick={() => ask('resend', cause)}
        >
          {resendTo(count)}
        </ReasonButton>
        <ReasonButton
          variant={cause ? 'default' : 'filled'}
          size={cause ? 'xs' : 'sm'}
          reason={reason}
          aria-label={cause ? `Count as sent${of}` : undefined}
          onClick={() => ask('count_as_sent', cause)}
        >
          Count as sent
        </ReasonButton>
      </span>
    );
  };
  return (
    <section className={`card ${css.unknown}`} aria-label="Unknown">
      <div className={css.unknownHead}>
        <div className={css.why}>
          <h2>
            {waits
              ? `Settles by itself, by ${moment(by.toISOString(), zone)}`
              : it.unknown > 0
                ? `${people(it.unknown)} to settle`
                : isBusy
                  ? 'Being settled'
                  : 'Settled'}
          </h2>
          <p className="t2">
            The message left, and its answer was lost: they may have it or not.{' '}
            {waits ? 'Nothing has to be done.' : 'Ask one of them or look at a thread, then decide.'}{' '}
            {it.policy.words}
          </p>
        </div>
        {it.unknown > 0 &&
          (waits && !decides ? (
            <ReasonButton variant="default" reason={settle.reason} onClick={() => setDecides(true)}>
              Decide now
            </ReasonButton>
          ) : (
            buttons(null)
          ))}
      </div>
      {isBusy && it.settlement && <Settling settlement={it.settlement} onStopped={() => void refresh()} />}
      {causes.length > 0 && (
        <ul className={css.causes}>
          {causes.map((cause) => (
            <li key={cause.reason ?? ''} className={css.cause}>
              <span className="strong">{figure(cause.count)}</span>
              <span className="grow">
                {cause.words} <span className="t3 small nowrap">{span(cause)}</span>
              </span>
              {causes.length > 1 && (!waits || decides) && buttons(cause)}
            </li>
          ))}
        </ul>
      )}
      <p className="t3 small">Times in {zone}</p>
      <ConfirmDialog
        opened={question !== null}
        title={
          question?.verb === 'resend'
            ? `Send it again to ${people(question.count)}?`
            : `Count ${people(question?.count ?? 0)} as sent?`
        }
        action={question?.verb === 'resend' ? resendTo(question.count) : 'Count as sent'}
        busyLabel={question?.verb === 'resend' ? 'Sending' : 'Saving'}
        safe="Leave them unknown"
        danger={question?.verb === 'resend'}
        busy={busy}
        error={error}
        onClose={() => setQuestion(null)}
        onConfirm={() => question && void answer(it, question)}
      >
        {question?.words && <p>{question.words}.</p>}
        {question?.verb === 'resend' ? (
          <p>
            <b>Some of them may get the message twice.</b> Nobody can know which of them have it already. It
            goes out at the usual pace
            {it.run?.status === 'paused' ? ' once the campaign is resumed.' : '.'}
            {it.resume.wait && ` ${waitWords(it.resume.wait, zone)}`}
          </p>
        ) : (
          <p>
            <b>Some of them may never have got the message.</b> It will stand in their threads as sent, and
            nobody is messaged.
          </p>
        )}
        <p style={{ marginTop: 8 }}>It is written down who decided this.</p>
      </ConfirmDialog>
    </section>
  );
}

const resendTo = (count: number) =>
  count === 1 ? 'Resend to this person' : `Resend to these ${figure(count)}`;

function saysWhatHappens(started: Settlement): string {
  if (started.status === 'active')
    return `${figure(started.done)} of ${figure(started.expected)} settled, the rest goes on by itself`;
  return started.verb === 'resend'
    ? `The message is sent again to ${people(started.done)}`
    : `${people(started.done)} counted as sent`;
}
