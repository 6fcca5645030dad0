// On the card of an automation: that nothing of what it goes by has ever come, and where a shop is connected.
import { IconBuildingStore } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Page } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import css from './Automations.module.css';
import type { AutomationKind } from './automation-words.ts';

const goesBy: Record<AutomationKind, { list: string; one: string }> = {
  abandoned_cart: { list: 'carts', one: 'cart' },
  back_in_stock: { list: 'products', one: 'product' },
  post_purchase: { list: 'orders', one: 'order' },
};

export function NoShopYet({ kind }: { kind: AutomationKind }) {
  const { list, one } = goesBy[kind];
  const { data } = useQuery({
    queryKey: keys.anyOfShop(list),
    queryFn: ({ signal }) => api.get<Page<unknown>>(`/${list}`, { limit: 1 }, signal),
    // once one has come it is never so again
    staleTime: ({ state }) => (state.data?.data.length ? Number.POSITIVE_INFINITY : 10_000),
  });
  if (!data || data.data.length > 0) return null;
  return (
    <p className={`small t2 ${css.reason}`}>
      <IconBuildingStore size={14} stroke={1.75} aria-hidden />
      <span>
        No {one} has come from a shop yet.{' '}
        <Link to="/connections" className={css.mend}>
          Connect a shop
        </Link>
      </span>
    </p>
  );
}
