// Removes a connection: its row stays for the send log, its secrets do not. Campaigns and deliveries are left as they are.
import { toWireId } from '../../contract/ids.ts';
import { type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { audit } from '../workspaces/audit.ts';
import { announce, openAccount } from './accounts.ts';
import { credentialsPlace } from './connection.ts';
import { settleReceiving } from './receiving.ts';
import { changeRow, readConnection } from './store.ts';

/** Lane and poller stop at the wake-up that leaves with the commit: openAccount finds nothing any more. */
export async function disconnect(ctx: Ctx, id: string): Promise<void> {
  const row = await readConnection(ctx, id);
  const open = row.receives_by === 'webhook' ? await openAccount(ctx, id).catch(() => null) : null;
  await inTransaction(ctx, async (trx) => {
    await announce(trx, id);
    await changeRow(trx, id, {
      deleted_at: ctx.clock.now(),
      credentials: ctx.secrets.seal('{}', credentialsPlace(id)),
    });
    // what is being sent through it stops; the rest stays queued in the paused campaign
    const reason = `The connection ${row.name} was removed. Choose another one in a copy of this campaign.`;
    await trx.jobs.enqueue(trx, 'deliveries.hold', {
      workspaceId: trx.actor.workspaceId,
      connectionId: id,
      reason,
    });
    // what automations have decided to send through it goes another way, or not at all
    await trx.jobs.enqueue(trx, 'triggers.reroute', {
      workspaceId: trx.actor.workspaceId,
      connectionId: id,
    });
    await audit(
      trx,
      'connection.deleted',
      { type: 'connection', id: toWireId('con', id) },
      { name: row.name },
    );
  });
  // best effort: a webhook that stays behind gets 404 from us, and the platform gives up by itself
  await open?.adapter
    .receiveBy(open.account, null)
    .catch((error) =>
      ctx.log.info({ err: error }, 'the webhook of a removed connection could not be taken back'),
    );
  await settleSiblings(ctx, id);
}

/** Numbers of one WhatsApp account share one address: those that stay must not go silent with the one that was removed. */
async function settleSiblings(base: BaseCtx, removedId: string): Promise<void> {
  const siblings = await base.db
    .selectFrom('connections as c')
    .innerJoin('connections as removed', (join) =>
      join
        .onRef('removed.channel', '=', 'c.channel')
        .onRef('removed.sandbox', '=', 'c.sandbox')
        .onRef('removed.parent_account_id', '=', 'c.parent_account_id'),
    )
    .select('c.id')
    .where('removed.id', '=', removedId)
    .where('c.deleted_at', 'is', null)
    .execute();
  for (const { id } of siblings)
    await settleReceiving(base, id).catch((error) =>
      base.log.warn({ err: error }, 'where a number is delivered to could not be settled yet'),
    );
}
