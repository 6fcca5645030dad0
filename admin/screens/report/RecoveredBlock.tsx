// The orders that came after a message of this automation, the latest first: carts that were bought, and apart from them other
// orders of those who were reminded.
import { Link } from '@tanstack/react-router';
import type { RecoveredOrder } from '../../../contract/automations.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { counted, money } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import css from './Recovered.module.css';

export function RecoveredBlock({ campaign }: { campaign: Campaign }) {
  const orders = useMay('orders:read');
  const carts = campaign.kind === 'abandoned_cart';
  if (!orders.may)
    return (
      <Section title={carts ? 'Recovered carts' : 'Orders after it'}>
        <p className="t3">{orders.reason}</p>
      </Section>
    );
  if (!carts)
    return (
      <Orders
        campaignId={campaign.id}
        orders="recovered"
        title="Orders after it"
        one="order"
        many="orders"
        within="within 7 days after the message"
        none="None yet."
      />
    );
  return (
    <>
      <Orders
        campaignId={campaign.id}
        orders="recovered"
        title="Recovered carts"
        one="cart"
        many="carts"
        within="bought within 7 days after the reminder"
        none="None yet: no cart was bought after its reminder so far."
      />
      <Orders
        campaignId={campaign.id}
        orders="other"
        title="Other orders after a reminder"
        one="order"
        many="orders"
        within="of other things than were in the cart"
        none={null}
      />
    </>
  );
}

interface Listed {
  campaignId: string;
  orders: 'recovered' | 'other';
  title: string;
  one: string;
  many: string;
  /** Behind the count. */
  within: string;
  /** Null: nothing is shown while there is none. */
  none: string | null;
}

function Orders({ campaignId, orders, title, one, many, within, none }: Listed) {
  const zone = useZone();
  const list = usePages<RecoveredOrder>(
    keys.recovered(campaignId, orders),
    `/campaigns/${campaignId}/recovered`,
    { orders, limit: 20 },
  );
  if (none === null && (list.rows ? list.rows.length === 0 : !list.error)) return null;
  const more = list.totalIsMinimum ? 'more than ' : '';
  return (
    <Section
      title={title}
      aside={list.total ? `${more}${counted(list.total, one, many)} ${within}` : undefined}
    >
      {list.error && !list.rows ? (
        <ErrorState
          title="The orders could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : !list.rows ? (
        <RowSkeletons rows={3} height={40} />
      ) : list.rows.length === 0 ? (
        <p className="t3">{none}</p>
      ) : (
        <>
          <ul className={css.rows} aria-label={title}>
            {list.rows.map(({ delivery_id, contact_id, name, cart, recovered, sent_at, order }) => (
              <li key={delivery_id} className={css.row}>
                <Link to="/contacts/$id" params={{ id: contact_id }} className="ellipsis" dir="auto">
                  {name}
                </Link>
                <span className="t2">
                  {recovered === null
                    ? 'Messaged'
                    : cart?.total
                      ? `Cart of ${sum(cart.total)}, reminded`
                      : 'Reminded'}{' '}
                  {momentShort(sent_at, zone)}
                </span>
                <span className="t2">
                  {recovered === false ? 'Another order' : 'Order'} {order.external_id ?? order.id},{' '}
                  {momentShort(order.placed_at, zone)}
                </span>
                <span className={css.sum}>{sum(order.total)}</span>
              </li>
            ))}
          </ul>
          <LoadMore
            shown={list.rows.length}
            one={one}
            many={many}
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
