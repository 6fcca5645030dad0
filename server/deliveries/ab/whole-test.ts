// Which runs one A/B test is made of: of a broadcast its own, of an automation all that try the same wordings, on every connection
// and whatever else of the campaign changed between them.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';
import type { RunRef } from '../runs/release.ts';

export async function runsOfTest(
  ctx: Pick<BaseCtx, 'db'>,
  { workspaceId, runId, goesOn }: RunRef & { goesOn: boolean },
): Promise<string[]> {
  if (!goesOn) return [runId];
  const { rows } = await sql<{ id: string }>`
    SELECT r.id FROM runs own JOIN runs r ON r.workspace_id = own.workspace_id AND r.campaign_id = own.campaign_id
      AND r.campaign_version IS NOT NULL AND r.content = own.content AND r.settings->'ab' = own.settings->'ab'
    WHERE own.workspace_id = ${workspaceId} AND own.id = ${runId} ORDER BY r.id`.execute(ctx.db);
  return rows.map(({ id }) => id);
}
