// Which attributes people of this workspace have. Looked up among the newest contacts only: attributes are set by programs
// for everybody alike, and a million rows would be read on every keystroke in the composer otherwise.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { holds } from '../platform/scopes.ts';

const sampleSize = 1000;

/** Name → a value that somebody has, null to who may not read people; in the order of the alphabet, at most 100. */
export async function knownAttributes(ctx: Ctx): Promise<Map<string, unknown>> {
  const { rows } = await sql<{ name: string; example: unknown }>`
    SELECT a.key AS name, (array_agg(a.value))[1] AS example
    FROM (SELECT attributes FROM contacts WHERE workspace_id = ${ctx.actor.workspaceId}
          ORDER BY created_at DESC, id DESC LIMIT ${sampleSize}) newest,
      jsonb_each(newest.attributes) AS a
    GROUP BY a.key ORDER BY a.key LIMIT 100`.execute(ctx.db);
  const mayRead = holds(ctx, 'contacts:read');
  return new Map(rows.map((row) => [row.name, mayRead ? row.example : null]));
}
