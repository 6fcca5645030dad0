// The shops that tell what people buy: their state, where they are to deliver, and a new one. A part of the connections.
import { IconBuildingStore, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page } from '../../../../contract/lists.ts';
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { api, keys } from '../../../api.ts';
import { useMay } from '../../../session.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../../ui/Skeletons.tsx';
import css from '../Connections.module.css';
import { ConnectShop } from './ConnectShop.tsx';
import { ShopCard } from './ShopCard.tsx';

/** What shops deliver is no live news of its own: whoever waits for the first event looks here. */
const refreshMs = 5000;

export function ShopSection() {
  const write = useMay('connections:write');
  const [adding, setAdding] = useState(false);
  const list = useQuery({
    queryKey: keys.shopConnectors,
    queryFn: ({ signal }) => api.get<Page<ShopConnector>>('/shop_connectors', { limit: 100 }, signal),
    refetchInterval: refreshMs,
  });
  const shops = list.data?.data ?? [];
  const add = (variant: 'default' | 'filled') => (
    <ReasonButton
      variant={variant}
      reason={write.reason}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setAdding(true)}
    >
      Connect a shop
    </ReasonButton>
  );
  return (
    <section className={css.section} aria-labelledby="shops">
      <div className="row wrap">
        <div className="grow">
          <h2 id="shops">Shop</h2>
          <p className="t3 small">
            Where carts, orders, customers and products come from. Automations go by them.
          </p>
        </div>
        {shops.length > 0 && add('default')}
      </div>
      {list.isPending ? (
        <BlockSkeleton height={132} count={1} />
      ) : list.error && !list.data ? (
        <ErrorState
          title="Shops could not be loaded"
          error={list.error}
          safe="What they deliver is taken all the same."
          onRetry={() => void list.refetch()}
        />
      ) : shops.length === 0 ? (
        <EmptyState
          icon={<IconBuildingStore size={32} stroke={1.5} />}
          title="Connect Shopify or WooCommerce"
          actions={add('default')}
        >
          Carts, orders and customers then come by themselves, by signed webhooks. Any other shop, and a shop
          bot in Telegram, tells the same over the API.
        </EmptyState>
      ) : (
        <ul className={css.cards}>
          {shops.map((shop) => (
            <li key={shop.id}>
              <ShopCard shop={shop} />
            </li>
          ))}
        </ul>
      )}
      <ConnectShop opened={adding} shops={shops} onClose={() => setAdding(false)} />
    </section>
  );
}
