// Who is in an audience and who of them can be reached: one SQL fragment that counting and expansion share, so that the
// number in the confirmation and the rows that are written cannot disagree.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, AudienceCount } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';

/** `c` is the contact. Everybody who existed at `frozenAt`; later people are not in the audience. */
export function audienceWhere(workspaceId: string, audience: Audience, frozenAt: Date): RawBuilder<boolean> {
  const chosen =
    'contact_ids' in audience
      ? sql` AND c.id = ANY(${audience.contact_ids.map((id) => uuidOf('cnt', id))}::uuid[])`
      : sql``;
  return sql<boolean>`c.workspace_id = ${workspaceId} AND c.created_at <= ${frozenAt}${chosen}`;
}

/** Joins of contact `c` to identity `i` and marketing consent `k` on one connection. */
export function reachJoins(connectionId: string, channel: Channel): RawBuilder<unknown> {
  return sql`
    LEFT JOIN identities i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.connection_id = ${connectionId}
    LEFT JOIN consents k ON k.workspace_id = c.workspace_id AND k.contact_id = c.id AND k.channel = ${channel} AND k.purpose = 'marketing'`;
}

/** Why `c` must not get a campaign message, or NULL; the codes are contract/deliveries.ts skipReasons. */
export const skipReason = sql<string | null>`CASE
  WHEN i.id IS NULL THEN 'no_identity'
  WHEN NOT i.reachable THEN coalesce(i.unreachable_reason, 'blocked')
  WHEN k.state = 'opted_out' THEN 'opted_out' END`;

export async function countAudience(
  ctx: Ctx,
  audience: Audience,
  connection: { id: string; channel: Channel },
  frozenAt: Date,
): Promise<AudienceCount> {
  const rows = await sql<{ skip: string | null; n: number }>`
    SELECT ${skipReason} AS skip, count(*) AS n
    FROM contacts c ${reachJoins(connection.id, connection.channel)}
    WHERE ${audienceWhere(ctx.actor.workspaceId, audience, frozenAt)}
    GROUP BY 1`.execute(ctx.db);
  const by = (...reasons: (string | null)[]) =>
    rows.rows.filter((row) => reasons.includes(row.skip)).reduce((sum, row) => sum + row.n, 0);
  return {
    total: rows.rows.reduce((sum, row) => sum + row.n, 0),
    reachable: by(null),
    opted_out: by('opted_out'),
    no_identity: by('no_identity'),
    unreachable: by('blocked', 'deactivated'),
    over_cap: 0,
    excluded: 0,
  };
}
