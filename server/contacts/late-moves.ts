// Moves of addresses come in any order and up to a week late (WhatsApp, webhooks, 2026-11-20): 1 → 2, then 2 → 3, may be told
// the other way round. Each is written down, whoever it is about, so that of two the later by the platform's time wins.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';

export interface Move {
  from: string;
  to: string;
  /** By the platform. */
  at: Date;
}

/** Longer than any platform repeats, and than its updates are kept raw. */
const keepDays = 30;
/** Nobody moves as often in a month. */
const mostSteps = 20;

/** Both spellings of an address of Brazil or Mexico. */
const spellings = (address: string) => sql`(${address}, whatsapp_alias(${address}))`;

/**
 * Writes the move down and returns where it leads by all that is known: further than it says, where a later move goes on from
 * there. Null: the old address was moved from later still, so whoever has it now is not whom this is about. One at a time in
 * a workspace, until the end of the transaction.
 */
export async function noteMove(ctx: Ctx, { from, to, at }: Move): Promise<string | null> {
  const { workspaceId } = ctx.actor;
  const now = ctx.clock.now();
  const happened = at < now ? at : now;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('contacts.moves ' || ${workspaceId}, 0))`.execute(
    ctx.db,
  );
  const before = new Date(now.getTime() - keepDays * 86_400_000);
  await sql`DELETE FROM address_moves WHERE workspace_id = ${workspaceId} AND at < ${before}`.execute(ctx.db);
  if (await nextMove(ctx, from, happened)) return null;
  await sql`
    INSERT INTO address_moves (workspace_id, from_address, to_address, at) VALUES (${workspaceId}, ${from}, ${to}, ${happened})
    ON CONFLICT (workspace_id, from_address) DO UPDATE SET to_address = excluded.to_address, at = excluded.at`.execute(
    ctx.db,
  );
  let last: { address: string; at: Date } = { address: to, at: happened };
  for (let step = 0; step < mostSteps; step++) {
    const next = await nextMove(ctx, last.address, last.at);
    if (!next) break;
    last = next;
  }
  return last.address;
}

/** The latest move away from the address that is later than `after`. */
async function nextMove(
  ctx: Ctx,
  address: string,
  after: Date,
): Promise<{ address: string; at: Date } | undefined> {
  const { rows } = await sql<{ address: string; at: Date }>`
    SELECT to_address AS address, at FROM address_moves
    WHERE workspace_id = ${ctx.actor.workspaceId} AND from_address IN ${spellings(address)} AND at > ${after}
    ORDER BY at DESC LIMIT 1`.execute(ctx.db);
  return rows[0];
}

/** With who is erased go the moves that led to their addresses. */
export async function forgetMoves(ctx: Ctx, addresses: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    WITH RECURSIVE theirs AS (
      SELECT a.address FROM unnest(${addresses}::text[]) AS a (address)
      UNION
      SELECT m.from_address FROM theirs t JOIN address_moves m
        ON m.workspace_id = ${workspaceId} AND m.to_address IN (t.address, whatsapp_alias(t.address))
    )
    DELETE FROM address_moves m USING theirs t
    WHERE m.workspace_id = ${workspaceId} AND (m.to_address = t.address OR m.from_address = t.address)`.execute(
    ctx.db,
  );
}
