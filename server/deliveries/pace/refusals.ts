// What the platform refused of late ("too many requests"), from the samples that the lanes write (minutes.ts).
import { sql } from 'kysely';
import type { Limits } from '../../../contract/limits.ts';
import type { Ctx } from '../../platform/context.ts';

const hourMs = 3_600_000;

export interface Refusals {
  /** Nothing of the connection is sent before; null: no wait at present. */
  until: Date | null;
  wire: Limits['rate_limited'];
}

export async function readRefusals(ctx: Ctx, connectionId: string): Promise<Refusals> {
  const now = ctx.clock.now();
  const result = await sql<{ n: number; last_at: Date | null; until: Date | null }>`
    SELECT coalesce(sum(rate_limited), 0)::bigint AS n, max(limited_at) AS last_at, max(limited_until) AS until
    FROM connection_minutes
    WHERE workspace_id = ${ctx.actor.workspaceId} AND connection_id = ${connectionId}
      AND minute > ${new Date(now.getTime() - 24 * hourMs)}
      AND (minute > ${new Date(now.getTime() - hourMs)} OR limited_until > ${now})`.execute(ctx.db);
  const row = result.rows[0];
  const until = row?.until && row.until > now ? row.until : null;
  return {
    until,
    wire: {
      last_hour: row?.n ?? 0,
      last_at: row?.last_at?.toISOString() ?? null,
      until: until?.toISOString() ?? null,
    },
  };
}
