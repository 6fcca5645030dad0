// Removes a connection: its row stays for the send log, its secrets do not. Campaigns and deliveries are left as they are.
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { audit } from '../workspaces/audit.ts';
import { announce, openAccount } from './accounts.ts';
import { credentialsPlace } from './connection.ts';
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
    await audit(
      trx,
      'connection.deleted',
      { type: 'connection', id: toWireId('con', id) },
      { name: row.name },
    );
  });
  // best effort: a webhook that stays behind gets 404 from us, and Telegram gives up by itself
  await open?.adapter
    .receiveBy(open.account, null)
    .catch((error) =>
      ctx.log.info({ err: error }, 'the webhook of a removed connection could not be taken back'),
    );
}
