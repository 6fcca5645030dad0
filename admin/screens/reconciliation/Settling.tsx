// Settling that is under way: how far, how fast, until when, and the way to stop it.
import type { Settlement } from '../../../contract/reconciliation.ts';
import { api } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { rateWords } from '../../ui/rates.ts';
import { clockSeconds } from '../../ui/times.ts';
import { useAction } from '../../ui/use-action.ts';
import css from './Reconciliation.module.css';

export function Settling({ settlement, onStopped }: { settlement: Settlement; onStopped: () => void }) {
  const zone = useZone();
  const may = useMay('deliveries:write');
  const { busy, error, run } = useAction();
  const { done, expected, rate_per_second: rate, finish_at: finish } = settlement;
  const stop = () => void run(() => api.post(`/settlements/${settlement.id}/stop`)).then(onStopped);
  return (
    <div className={css.settling} role="status">
      <div className="row wrap">
        <span className="grow">
          {settlement.by} {settlement.verb === 'resend' ? 'has them sent again' : 'counts them as sent'}:{' '}
          <b>
            {figure(done)} of {figure(expected)}
          </b>{' '}
          ({share(done, expected)}){rate !== null && <span className="t3">, {rateWords(rate)}</span>}
          {finish && <span className="t3">, through at {clockSeconds(finish, zone)}</span>}
        </span>
        <ReasonButton variant="default" size="xs" reason={may.reason} onClick={stop}>
          {busy ? 'Stopping' : 'Stop'}
        </ReasonButton>
      </div>
      <Meter value={expected > 0 ? done / expected : 0} />
      {error ? <Note tone="bad">{problemText(error)}</Note> : null}
    </div>
  );
}
