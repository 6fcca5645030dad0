// The word and the look of a shop's state.
import { IconAlertTriangle, IconCheck, IconClock, IconKey } from '@tabler/icons-react';
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { Badge, type BadgeTone } from '../../../ui/Badge.tsx';
import { lackOf, refusalOf } from './shop-words.ts';

const looks = {
  keyless: { tone: 'warn', word: 'Key missing', Icon: IconKey },
  refusing: { tone: 'warn', word: 'Wrong key', Icon: IconAlertTriangle },
  refusingSome: { tone: 'warn', word: 'One key is wrong', Icon: IconAlertTriangle },
  problem: { tone: 'warn', word: 'Needs a look', Icon: IconAlertTriangle },
  waiting: { tone: 'mute', word: 'Nothing yet', Icon: IconClock },
  partly: { tone: 'info', word: 'Receives some', Icon: IconCheck },
  receiving: { tone: 'ok', word: 'Receiving', Icon: IconCheck },
} as const satisfies Record<string, { tone: BadgeTone; word: string; Icon: typeof IconCheck }>;
export type ShopState = keyof typeof looks;

type Stated = Pick<ShopConnector, 'has_secret' | 'refused_at' | 'last_received_at' | 'status' | 'topics'>;

export function shopState(shop: Stated, now: Date): ShopState {
  if (!shop.has_secret) return 'keyless';
  const refusal = refusalOf(shop, now);
  if (refusal) return refusal === 'all' ? 'refusing' : 'refusingSome';
  return shop.status === 'receiving' && lackOf(shop).length > 0 ? 'partly' : shop.status;
}

export function ShopBadge({ shop }: { shop: ShopConnector }) {
  const { tone, word, Icon } = looks[shopState(shop, new Date())];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

export const shopWord = { shopify: 'Shopify', woocommerce: 'WooCommerce' } as const;
