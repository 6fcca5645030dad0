// What of a shop has come and what has not, in words: an automation without its carts, orders or products never sends. Pure.
import type {
  RemovedShop,
  ShopConnector,
  ShopKind,
  ShopSubject,
  ShopTopic,
} from '../../../../contract/shop-connectors.ts';

export const subjectWords: Record<ShopSubject, string> = {
  customers: 'Customers',
  carts: 'Carts',
  orders: 'Orders',
  products: 'Products and stock',
};
/** Which automation goes by them; customers come with their carts and orders too. */
export const goesBy: Record<ShopSubject, string | null> = {
  customers: null,
  carts: 'Abandoned cart',
  orders: 'Post-purchase',
  products: 'Back in stock',
};

/** In the shop's order. */
export const bySubject = (topics: ShopTopic[]): [ShopSubject, ShopTopic[]][] => [
  ...Map.groupBy(topics, ({ subject }) => subject),
];

/** What an automation goes by and no webhook has told of yet. */
export const lackOf = ({ topics }: Pick<ShopConnector, 'topics'>): ShopSubject[] =>
  bySubject(topics)
    .filter(([subject, some]) => goesBy[subject] && some.every(({ last_at }) => last_at === null))
    .map(([subject]) => subject);

/** "No orders have come yet, which Post-purchase goes by, and no products and stock, which …"; null: there is nothing to say. */
export function lackWords(shop: Pick<ShopConnector, 'topics'>): string | null {
  const parts = lackOf(shop).map(
    (subject) => `${subjectWords[subject].toLowerCase()}, which “${goesBy[subject]}” goes by`,
  );
  return parts.length === 0 ? null : `Not come yet: ${parts.join('; ')}.`;
}

/** Which a shop of this kind may be; of some only the prefix is known. */
export const removedOf = (shops: RemovedShop[], kind: ShopKind): RemovedShop[] =>
  shops.filter((one) => one.kind === kind || one.kind === null);

/** "Klei"; "the one whose ids begin with woocommerce:". */
export const removedName = ({ name, id_prefix }: Pick<RemovedShop, 'name' | 'id_prefix'>): string =>
  name ??
  (id_prefix === '' ? 'the one whose ids have no prefix' : `the one whose ids begin with ${id_prefix}`);

/** So long a refusal is told of, though others come in: of several webhooks one may have another key. */
const refusalStandsMs = 24 * 3_600_000;

/** `all`: what came last was not signed with the key that is known. `some`: lately something was not, other things were. */
export function refusalOf(
  { refused_at, last_received_at }: Pick<ShopConnector, 'refused_at' | 'last_received_at'>,
  now: Date,
): 'all' | 'some' | null {
  if (refused_at === null) return null;
  if (last_received_at === null || refused_at > last_received_at) return 'all';
  return now.getTime() - Date.parse(refused_at) < refusalStandsMs ? 'some' : null;
}
