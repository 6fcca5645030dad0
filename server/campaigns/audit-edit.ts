// Edits in the audit log: an editor that saves while somebody types would fill it, so the edits of one person in one sitting
// are one event that names every field they changed, never its contents.
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { CampaignPatch } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { wireOrNull } from '../platform/db/ids.ts';
import { audit } from '../workspaces/audit.ts';

/** What a change differs in from what is stored: the panel sends the whole plan at each save. */
export function changedFields(
  row: Record<string, unknown> & { connection_id: string | null },
  { version: _version, ...given }: CampaignPatch,
): string[] {
  const before: Record<string, unknown> = { ...row, connection_id: wireOrNull('con', row.connection_id) };
  return Object.entries(given)
    .filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value ?? null, before[field]))
    .map(([field]) => field);
}

const sittingMs = 15 * 60_000;

/** In the transaction of the edit, under the campaign's row lock. */
export async function auditEdit(ctx: Ctx, id: string, fields: string[]): Promise<void> {
  if (fields.length === 0) return;
  const { actor } = ctx;
  const now = ctx.clock.now();
  const who = actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : null;
  const known = await sql`
    UPDATE audit_events a SET detail = jsonb_build_object('until', ${now.toISOString()}::text,
      'fields', (SELECT jsonb_agg(DISTINCT f) FROM jsonb_array_elements(a.detail -> 'fields' || ${JSON.stringify(fields)}::jsonb) f))
    WHERE a.workspace_id = ${actor.workspaceId} AND a.action = 'campaign.edited'
      AND a.at > ${new Date(now.getTime() - sittingMs)} AND a.actor_kind = ${actor.kind} AND a.actor_id IS NOT DISTINCT FROM ${who}::uuid
      AND a.id = (
        SELECT id FROM audit_events WHERE workspace_id = ${actor.workspaceId} AND subject_id = ${toWireId('cmp', id)}
        ORDER BY id DESC LIMIT 1)`.execute(ctx.db);
  if (Number(known.numAffectedRows ?? 0) > 0) return;
  await audit(
    ctx,
    'campaign.edited',
    { type: 'campaign', id: toWireId('cmp', id) },
    { fields: fields.toSorted() },
  );
}
