// What happened with one person's message: every try and decision as a line in time.

import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Delivery } from '../../../contract/deliveries.ts';
import type { DeliveryDetail, DeliveryStep } from '../../../contract/delivery-history.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { addressText, phoneText } from '../../ui/phones.ts';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { clockSeconds, day } from '../../ui/times.ts';
import css from './DeliveryDrawer.module.css';
import { DeliveryBadge } from './delivery-state.tsx';

export function DeliveryDrawer({ delivery, onClose }: { delivery: Delivery | null; onClose: () => void }) {
  const phone = usePhone();
  return (
    <Drawer
      opened={delivery !== null}
      onClose={onClose}
      position="right"
      size={phone ? '100%' : 440}
      title={`The message to ${delivery?.contact_name ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {delivery && <History known={delivery} />}
    </Drawer>
  );
}

function History({ known }: { known: Delivery }) {
  const zone = useZone();
  const query = useQuery({
    queryKey: keys.delivery(known.id),
    queryFn: ({ signal }) => api.get<DeliveryDetail>(`/deliveries/${known.id}`, undefined, signal),
    // it may be on its way at this moment
    refetchInterval: ({ state }) =>
      state.data?.state === 'queued' || state.data?.state === 'sending' ? 3000 : false,
    staleTime: 0,
  });
  const delivery = query.data ?? known;
  return (
    <>
      <div className={`row ${css.person}`}>
        <Avatar name={delivery.contact_name} />
        <span className="grow col">
          <span className="strong ellipsis">{phoneText(delivery.contact_name)}</span>
          <span className="t3 small">
            {delivery.address ? addressText(delivery.channel, delivery.address) : 'No address'}
          </span>
        </span>
        <DeliveryBadge state={delivery.state} />
      </div>
      {query.error && !query.data ? (
        <ErrorState
          title="The history could not be loaded"
          error={query.error}
          safe="Nothing was changed."
          onRetry={() => void query.refetch()}
        />
      ) : !query.data ? (
        <RowSkeletons rows={3} height={48} />
      ) : (
        <ol className={css.steps} aria-label="History">
          {query.data.history.map((step, index) => (
            <Step key={String(index)} step={step} zone={zone} />
          ))}
        </ol>
      )}
      <div className={css.foot}>
        <Link to="/contacts/$id" params={{ id: delivery.contact_id }}>
          Open contact
        </Link>
        {delivery.conversation_id && (
          <Link to="/inbox/$id" params={{ id: delivery.conversation_id }}>
            Open thread
          </Link>
        )}
        <span className="t3 small end">Times in {zone}</span>
      </div>
    </>
  );
}

const tones: Record<string, 'ok' | 'bad' | 'warn' | undefined> = {
  accepted: 'ok',
  accepted_late: 'ok',
  delivered: 'ok',
  read: 'ok',
  clicked: 'ok',
  replied: 'ok',
  counted_as_sent: 'ok',
  rejected: 'bad',
  given_up: 'bad',
  unknown: 'warn',
  node_lost: 'warn',
};

function Step({ step, zone }: { step: DeliveryStep; zone: string }) {
  const facts = [
    step.attempt !== null && `try ${step.attempt}`,
    step.latency_ms !== null && `answered after ${step.latency_ms} ms`,
    step.by !== null && `by ${step.by}`,
    step.node,
  ].filter(Boolean);
  return (
    <li className={css.step} data-tone={tones[step.code]}>
      <div className={css.line}>
        <span className="grow strong">{step.words}</span>
        {step.at && (
          <time dateTime={step.at} className="t2 nowrap" title={`${step.at} (UTC)`}>
            {clockSeconds(step.at, zone)}
          </time>
        )}
      </div>
      <div className={css.line}>
        <span className="grow t2">{step.detail}</span>
        {step.at && <span className="t3 small nowrap">{day(step.at, zone)}</span>}
      </div>
      {facts.length > 0 && <p className="t3 small">{facts.join(', ')}</p>}
    </li>
  );
}
