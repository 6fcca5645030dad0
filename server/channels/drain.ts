// Turns stored updates into events, in order, exactly once: handling and the mark "processed" share one transaction, so a
// node that dies in between leaves the update as it found it.
import type { Selectable } from 'kysely';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { isPassing } from '../platform/db/storable.ts';
import type { InboundUpdate } from '../platform/db/tables.gen.ts';
import { withoutSecrets } from '../platform/log.ts';
import { createSlots } from '../platform/slots.ts';
import { openAccount } from './accounts.ts';
import type { InboundEvent } from './channel.ts';
import type { ConnectionRef } from './connection.ts';
import { adapterOf } from './registry.ts';

/** What stands higher on the ladder does with an event; runs in the update's transaction. */
export type HandleInbound = (ctx: Ctx, connection: ConnectionRef, event: InboundEvent) => Promise<void>;

type Waiting = Pick<Selectable<InboundUpdate>, 'update_key' | 'raw'>;

const readAtOnce = 50;
/**
 * All bots of a node together: a flood of inbound messages must leave database connections to the lanes. Measured: with 100
 * bots receiving at once and no bound, sending fell to 400 messages per second.
 */
const slots = createSlots(4, Number.POSITIVE_INFINITY);

/** Works off what waits. Throws when the database fails, with everything undone left waiting. */
export async function drainUpdates(
  base: BaseCtx,
  connection: ConnectionRef,
  handle: HandleInbound,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const waiting = await base.db
      .selectFrom('inbound_updates')
      .select(['update_key', 'raw'])
      .where('workspace_id', '=', connection.workspaceId)
      .where('connection_id', '=', connection.id)
      .where('processed_at', 'is', null)
      .orderBy('seq')
      .limit(readAtOnce)
      .execute();
    for (const update of waiting) {
      if (signal.aborted) return;
      await slots.run(() => processUpdate(base, connection, update, handle));
    }
    if (waiting.length < readAtOnce) return;
  }
}

async function processUpdate(
  base: BaseCtx,
  connection: ConnectionRef,
  update: Waiting,
  handle: HandleInbound,
): Promise<void> {
  const adapter = adapterOf(connection.channel);
  let events: InboundEvent[] = [];
  try {
    await inTransaction(asSystem(base, connection.workspaceId), async (ctx) => {
      // the row's lock: a second node that believes to own the connection waits here and then finds it done
      if (!(await markProcessed(ctx, connection, update.update_key, null))) return;
      events = adapter.parse(update.raw);
      for (const event of events) await handle(ctx, connection, event);
    });
  } catch (error) {
    if (isPassing(error)) throw error;
    base.log.error(
      { err: error, connection: connection.id, update: update.update_key },
      'an update could not be processed and is skipped',
    );
    const problem = withoutSecrets(String(error)).slice(0, 500);
    await markProcessed(asSystem(base, connection.workspaceId), connection, update.update_key, problem);
    return;
  }
  const pressed = events.filter((event) => event.kind === 'pressed');
  if (pressed.length > 0 && adapter.acknowledge) void acknowledge(base, connection, pressed);
}

async function markProcessed(
  ctx: Ctx,
  connection: ConnectionRef,
  key: string,
  problem: string | null,
): Promise<boolean> {
  const result = await ctx.db
    .updateTable('inbound_updates')
    .set({ processed_at: ctx.clock.now(), problem })
    .where('workspace_id', '=', connection.workspaceId)
    .where('connection_id', '=', connection.id)
    .where('update_key', '=', key)
    .where('processed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The little clock on a pressed button stops when the platform hears from us; nothing is lost when it does not. */
async function acknowledge(
  base: BaseCtx,
  connection: ConnectionRef,
  pressed: Extract<InboundEvent, { kind: 'pressed' }>[],
): Promise<void> {
  const open = await openAccount(base, connection.id).catch(() => null);
  if (!open) return;
  for (const event of pressed) await open.adapter.acknowledge?.(open.account, event.callbackId);
}
