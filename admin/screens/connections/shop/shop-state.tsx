// The word and the look of a shop's state.
import { IconAlertTriangle, IconCheck, IconClock, IconKey } from '@tabler/icons-react';
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { Badge, type BadgeTone } from '../../../ui/Badge.tsx';

const looks = {
  keyless: { tone: 'warn', word: 'Key missing', Icon: IconKey },
  refusing: { tone: 'warn', word: 'Wrong key', Icon: IconAlertTriangle },
  problem: { tone: 'warn', word: 'Needs a look', Icon: IconAlertTriangle },
  waiting: { tone: 'mute', word: 'Nothing yet', Icon: IconClock },
  receiving: { tone: 'ok', word: 'Receiving', Icon: IconCheck },
} as const satisfies Record<string, { tone: BadgeTone; word: string; Icon: typeof IconCheck }>;
export type ShopState = keyof typeof looks;

/** What came last was not signed with the key that is known. */
export const isRefusing = ({ refused_at, last_received_at }: ShopConnector): boolean =>
  refused_at !== null && (last_received_at === null || refused_at > last_received_at);

export function shopState(shop: ShopConnector): ShopState {
  if (!shop.has_secret) return 'keyless';
  if (isRefusing(shop)) return 'refusing';
  return shop.status;
}

export function ShopBadge({ shop }: { shop: ShopConnector }) {
  const { tone, word, Icon } = looks[shopState(shop)];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

export const shopWord = { shopify: 'Shopify', woocommerce: 'WooCommerce' } as const;
