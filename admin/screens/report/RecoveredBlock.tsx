// The orders that came after a message of this automation, the latest first, each with the cart it was about.
import { Link } from '@tanstack/react-router';
import type { RecoveredOrder } from '../../../contract/automations.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { money } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import css from './Recovered.module.css';

export function RecoveredBlock({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const orders = useMay('orders:read');
  const carts = campaign.kind === 'abandoned_cart';
  const list = usePages<RecoveredOrder>(
    keys.recovered(campaign.id),
    `/campaigns/${campaign.id}/recovered`,
    { limit: 20 },
    orders.may,
    false,
  );
  const title = carts ? 'Recovered carts' : 'Orders after it';
  if (!orders.may)
    return (
      <Section title={title}>
        <p className="t3">{orders.reason}</p>
      </Section>
    );
  return (
    <Section title={title} aside="Orders within 7 days after the message">
      {list.error && !list.rows ? (
        <ErrorState
          title="The orders could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : !list.rows ? (
        <RowSkeletons rows={3} height={40} />
      ) : list.rows.length === 0 ? (
        <p className="t3">{carts ? 'None yet: nobody has ordered after a reminder so far.' : 'None yet.'}</p>
      ) : (
        <>
          <ul className={css.rows} aria-label={title}>
            {list.rows.map(({ delivery_id, contact_id, name, cart, sent_at, order }) => (
              <li key={delivery_id} className={css.row}>
                <Link to="/contacts/$id" params={{ id: contact_id }} className="ellipsis" dir="auto">
                  {name}
                </Link>
                <span className="t2">
                  {carts && cart?.total ? `Cart of ${sum(cart.total)}, reminded` : 'Messaged'}{' '}
                  {momentShort(sent_at, zone)}
                </span>
                <span className="t2">
                  Order {order.external_id ?? order.id}, {momentShort(order.placed_at, zone)}
                </span>
                <span className={css.sum}>{sum(order.total)}</span>
              </li>
            ))}
          </ul>
          <LoadMore
            shown={list.rows.length}
            one="order"
            many="orders"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </>
      )}
    </Section>
  );
}

const sum = (of: { amount: string; currency: string }) => money(Number(of.amount), of.currency);
