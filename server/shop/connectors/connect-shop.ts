// A connector is made, changed, given another secret, removed. What came through it stays.
import { toWireId } from '../../../contract/ids.ts';
import type {
  ShopConnectorCreate,
  ShopConnectorCreated,
  ShopConnectorPatch,
} from '../../../contract/shop-connectors.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { randomToken } from '../../platform/crypto.ts';
import { newId } from '../../platform/db/ids.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { secretPlace, toConnector } from './connector.ts';
import { saySelling } from './currency.ts';
import { freshName, freshPrefix } from './names.ts';
import { connectorsAlone, keepPrefix, keepRemoved, prefixesTaken, readConnector, sourceOf } from './store.ts';

const atMost = 50;
const subject = (id: string) => ({ type: 'shop_connector', id: toWireId('shc', id) });

export async function connectShop(ctx: Ctx, given: ShopConnectorCreate): Promise<ShopConnectorCreated> {
  const id = newId();
  // WooCommerce signs with what it is given; Shopify has a key of its own
  const made = given.kind === 'woocommerce' && !given.secret ? randomToken() : null;
  const secret = given.secret ?? made;
  await inTransaction(ctx, async (ctx) => {
    const others = await connectorsAlone(ctx);
    if (others.length >= atMost)
      throw new AppError(
        'ILLEGAL_MOVE',
        `A workspace has at most ${atMost} shop connectors. Remove one that is not used any more.`,
      );
    const now = ctx.clock.now();
    const idPrefix = given.id_prefix ?? freshPrefix(given.kind, await prefixesTaken(ctx));
    const isOpen = given.id_prefix === undefined && idPrefix === '';
    // connected again, or twice
    const same = others.find(
      (one) => one.has_written && one.kind === given.kind && one.id_prefix === idPrefix,
    );
    const source = same ? same.source : await sourceOf(ctx, given.kind, idPrefix);
    await ctx.db
      .insertInto('shop_connectors')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        kind: given.kind,
        name: given.name || freshName(given.kind, others),
        shop_url: given.shop_url ?? null,
        source: isOpen ? null : source,
        currency: same?.currency ?? null,
        secret: secret === null ? null : ctx.secrets.seal(secret, secretPlace(id)),
        id_prefix_open: isOpen,
        created_at: now,
        updated_at: now,
      })
      .execute();
    if (!isOpen) await keepPrefix(ctx, id, idPrefix);
    await audit(ctx, 'shop_connector.created', subject(id), { kind: given.kind });
  });
  return { ...toConnector(ctx.config, await readConnector(ctx, id)), secret: made };
}

/** Throws VERSION_CONFLICT. */
export async function changeShop(ctx: Ctx, id: string, patch: ShopConnectorPatch): Promise<void> {
  const { version, secret, currency, ...change } = patch;
  await inTransaction(ctx, async (ctx) => {
    if (currency) await saySelling(ctx, id, currency);
    let query = ctx.db
      .updateTable('shop_connectors')
      .set((eb) => ({
        ...change,
        // what was refused was refused by the secret of before
        ...(secret ? { secret: ctx.secrets.seal(secret, secretPlace(id)), refused_at: null } : {}),
        version: eb('version', '+', 1),
        updated_at: ctx.clock.now(),
      }))
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id);
    if (version !== undefined) query = query.where('version', '=', version);
    const { numUpdatedRows } = await query.executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) {
      await readConnector(ctx, id);
      throw new AppError('VERSION_CONFLICT', 'Load the connector again and repeat your change.');
    }
    const fields = Object.keys(patch).filter((field) => field !== 'version');
    await audit(ctx, 'shop_connector.changed', subject(id), { fields });
  });
}

/** A new secret made here, for shops that sign with what they are given. Throws ILLEGAL_MOVE for the others. */
export async function newSecret(ctx: Ctx, id: string): Promise<string> {
  const { kind } = await readConnector(ctx, id);
  if (kind !== 'woocommerce')
    throw new AppError(
      'ILLEGAL_MOVE',
      'Shopify has a key of its own: paste it here (PATCH with "secret"), none can be made for it.',
    );
  const secret = randomToken();
  await changeShop(ctx, id, { secret });
  return secret;
}

export async function disconnectShop(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const removed = await ctx.db
      .deleteFrom('shop_connectors')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    if (!removed) throw notFound('shop connector');
    await keepRemoved(ctx, removed);
    await audit(ctx, 'shop_connector.deleted', subject(id), { name: removed.name });
  });
}
