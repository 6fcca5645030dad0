// What a shop is called, and what stands before its ids so that two shops do not mean one customer by "12". The first shop that tells
// anything has no prefix; one that was connected and never told anything takes nothing away from those after it. A prefix is given
// once: what a shop told stays when its connector is removed, and the next shop's ids must not mean it.
import type { ShopKind } from '../../../contract/shop-connectors.ts';
import type { Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { type ConnectorRow, shopFacts } from './connector.ts';
import { connectorsAlone, keepPrefix, prefixesTaken } from './store.ts';

/** Numbered among shops of its kind. */
export function freshName(kind: ShopKind, others: Pick<ConnectorRow, 'name'>[]): string {
  const names = new Set(others.map(({ name }) => name));
  return firstFree((n) => shopFacts[kind].name + (n > 1 ? ` ${n}` : ''), names);
}

/** `taken`: for good, also by shops that were removed. */
export function freshPrefix(kind: ShopKind, taken: Set<string>): string {
  return taken.has('') ? firstFree((n) => `${kind}${n > 1 ? `-${n}` : ''}:`, taken) : '';
}

function firstFree(nameOf: (n: number) => string, taken: Set<string>): string {
  for (let n = 1; ; n++) if (!taken.has(nameOf(n))) return nameOf(n);
}

/**
 * `write` with the prefix of this shop's ids, decided for good once it wrote something down (null: it did). In a transaction.
 */
export async function withPrefix(
  ctx: Ctx,
  connector: ConnectorRow,
  write: (connector: ConnectorRow) => Promise<string | null>,
): Promise<string | null> {
  if (!connector.id_prefix_open) return write(connector);
  const all = await connectorsAlone(ctx);
  // its own first webhook may have come twice at once, or it was removed meanwhile
  const own = all.find(({ id }) => id === connector.id);
  if (!own) throw notFound('shop connector');
  if (!own.id_prefix_open) return write(own);
  const idPrefix = freshPrefix(own.kind as ShopKind, await prefixesTaken(ctx));
  const nothing = await write({ ...own, id_prefix: idPrefix });
  if (nothing === null) await keepPrefix(ctx, own.id, idPrefix);
  return nothing;
}
