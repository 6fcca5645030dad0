// One webhook whose signature is right, from its bytes to rows. All of it is committed before it is answered: a process that dies
// meanwhile has answered nothing, and nothing of it stands.
import { setTimeout as pause } from 'node:timers/promises';
import type { ShopKind } from '../../../contract/shop-connectors.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { isConflict } from '../../platform/db/db.ts';
import { isPassing } from '../../platform/db/storable.ts';
import { AppError } from '../../platform/errors.ts';
import { inLine } from '../in-line.ts';
import type { ConnectorRow } from './connector.ts';
import { isDeletion, isFirstTime, keepForLater } from './deletions.ts';
import { withPrefix } from './names.ts';
import { parsePayload } from './payload.ts';
import { shopifyReaders } from './shopify/read.ts';
import { noteArrival } from './store.ts';
import type { Reader, Told } from './told.ts';
import { wooCommerceReaders } from './woocommerce/read.ts';
import { writeTold } from './write.ts';

/** Its body is signed. What stands beside it comes in headers that nobody signs. */
export interface ShopWebhook {
  topic: string;
  /** The shop's own address of itself. */
  source: string | null;
  /** When the shop sent it first, also where this is another try; null: it does not say. */
  sentAt: string | null;
  /** A trial of the shop's page, with invented people. */
  isTest: boolean;
  body: Buffer;
}

const readers: Record<ShopKind, ReadonlyMap<string, Reader>> = {
  shopify: shopifyReaders,
  woocommerce: wooCommerceReaders,
};

/** In the line of its shop: whoever waits for the others of it holds no connection. */
export const takeWebhook = (base: BaseCtx, connector: ConnectorRow, webhook: ShopWebhook): Promise<void> =>
  inLine(asSystem(base, connector.workspace_id), () => takeNext(base, connector, webhook));

/**
 * Throws only what another try may mend (the database's bad day). Shopify then sends it again; WooCommerce does not, and switches a
 * webhook off after five refusals (its source, 2026-11-22): docs/guide/shop.md says what to do. What cannot be understood, now or
 * ever, is noted at the connector and is done with.
 */
async function takeNext(base: BaseCtx, connector: ConnectorRow, webhook: ShopWebhook): Promise<void> {
  const ctx = asSystem(base, connector.workspace_id);
  const { topic, source } = webhook;
  try {
    await inTurns(() =>
      inTransaction(ctx, async (ctx) => {
        const passedOver = await withPrefix(ctx, connector, (connector) => workIn(ctx, connector, webhook));
        await noteArrival(ctx, connector.id, { topic, source, passedOver, problem: null });
      }),
    );
  } catch (error) {
    if (isPassing(error) || isConflict(error)) throw error;
    if (!(error instanceof AppError))
      base.log.error({ err: error, topic, connector: connector.id }, 'a webhook of a shop failed');
    const problem =
      error instanceof AppError
        ? error.message
        : 'It could not be worked in for a reason of ours. The log of the server has it; please report it.';
    await noteArrival(ctx, connector.id, { topic, source, passedOver: null, problem });
  }
}

/** Null: written down; else why there was nothing to. */
async function workIn(ctx: Ctx, connector: ConnectorRow, webhook: ShopWebhook): Promise<string | null> {
  if (webhook.isTest) return 'A test notification: it arrived, and is not written down.';
  const told = toldIn(connector, webhook);
  if (isDeletion(told) && !(await isFirstTime(ctx, connector.id, webhook.body)))
    return 'A deletion that came before, and was worked in then. Nothing in it tells a new one from an old one sent again, so it counts once: before you delete anew what was put back, make the product a draft, or cancel the order.';
  const nothing = await writeTold(ctx, connector, told);
  if (nothing !== null && isDeletion(told)) await keepForLater(ctx, connector.id, told, webhook.body);
  return nothing;
}

function toldIn(connector: ConnectorRow, { topic, source, sentAt, body }: ShopWebhook): Told {
  if (isAnothers(connector, source))
    throw new AppError(
      'BAD_REQUEST',
      `This comes from another shop (${source}); here is ${connector.source}. Connect it as a shop of its own; if this one moved, its new address belongs at the connector (shop_url).`,
    );
  // before its body is looked at: a shop may tell of anything, in megabytes
  const reader = readers[connector.kind as ShopKind].get(topic);
  if (!reader) return { kind: 'nothing', words: 'Nothing is done with this topic; it need not be sent.' };
  const host = connector.source ?? source;
  const shopUrl = connector.shop_url ?? (host && `https://${host}`);
  return reader(parsePayload(body), { shopUrl, sentAt });
}

/** Ids of another shop mean other people: one key may sign for several, and a person may take one for another that was removed. */
function isAnothers(connector: ConnectorRow, source: string | null): boolean {
  if (!connector.source || !source) return false;
  const from = hostOf(source);
  if (from === hostOf(connector.source) || (connector.shop_url && from === hostOf(connector.shop_url)))
    return false;
  // Shopify's name of a shop stays; the address of another one may change once it is known whose connector this is
  return connector.kind === 'shopify' || !connector.has_written;
}

function hostOf(address: string): string {
  const url = /^https?:/i.test(address) ? address : `https://${address}`;
  return (URL.parse(url)?.host ?? address).replace(/^www\./, '');
}

const turnsAtMost = 5;

/** Somebody else wrote the same at the same moment: look again. */
async function inTurns(work: () => Promise<void>): Promise<void> {
  for (let turn = 1; ; turn++)
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || turn === turnsAtMost) throw error;
      await pause(20 * turn);
    }
}
