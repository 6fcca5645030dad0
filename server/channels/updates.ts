// Raw updates as the platform sent them: stored once before anything is done with them, read by drain.ts, forgotten later.
import { sql } from 'kysely';
import { type BaseCtx, inTransaction } from '../platform/context.ts';
import { storableJson } from '../platform/db/storable.ts';
import type { RawUpdate } from './channel.ts';

export interface UpdatesOf {
  workspaceId: string;
  connectionId: string;
}

/** A month to look into what came in; Telegram itself repeats an update for 24 hours at most. */
const keepDays = 30;
const deleteAtOnce = 10_000;

/**
 * Stores what is new, in the platform's order, and returns how much that was; a repeated update finds its row taken.
 * `nextOffset`, when polling, moves in the same transaction: what the platform is told we have, we have.
 */
export async function storeUpdates(
  base: BaseCtx,
  of: UpdatesOf,
  updates: RawUpdate[],
  nextOffset?: number,
): Promise<number> {
  return inTransaction(base, async ({ db, clock, hub }) => {
    let stored = 0;
    if (updates.length > 0) {
      const keys = updates.map((update) => update.key);
      const raws = updates.map((update) => storableJson(update.raw));
      const result = await sql`
        INSERT INTO inbound_updates (workspace_id, connection_id, update_key, raw, received_at)
        SELECT ${of.workspaceId}::uuid, ${of.connectionId}::uuid, u.key, u.raw::jsonb, ${clock.now()}
        FROM unnest(${keys}::text[], ${raws}::text[]) WITH ORDINALITY AS u (key, raw, place) ORDER BY u.place
        ON CONFLICT DO NOTHING`.execute(db);
      stored = Number(result.numAffectedRows ?? 0);
    }
    if (nextOffset !== undefined)
      await db
        .updateTable('connections')
        .set({ poll_offset: nextOffset, polled_at: clock.now() })
        .where('workspace_id', '=', of.workspaceId)
        .where('id', '=', of.connectionId)
        .execute();
    if (stored > 0) await hub.publish({ db }, { topic: 'inbound', connectionId: of.connectionId });
    return stored;
  });
}

/** Deletes what was dealt with a month ago; a job calls it daily. Returns how many rows went. */
export async function forgetOldUpdates(base: BaseCtx): Promise<number> {
  const before = new Date(base.clock.now().getTime() - keepDays * 86_400_000);
  let deleted = 0;
  for (;;) {
    const result = await sql`
      DELETE FROM inbound_updates WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM inbound_updates WHERE received_at < ${before} AND processed_at IS NOT NULL LIMIT ${deleteAtOnce}))`.execute(
      base.db,
    );
    const count = Number(result.numAffectedRows ?? 0);
    deleted += count;
    if (count < deleteAtOnce) return deleted;
  }
}
