// A deletion names a thing by its id, and nothing that is signed says when it was or which delivery it is: sent again, by the shop or by
// whoever got hold of it, it would delete once more what was put back since. So what is signed counts once, whatever its headers say.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import type { Told } from './told.ts';

export function isDeletion(told: Told): boolean {
  return told.kind === 'gone' || (told.kind === 'step' && told.step.isDeletion === true);
}

/** Whether it has not come before. In the transaction that works it in; a second one of the same moment waits for the first. */
export async function isFirstTime(ctx: Ctx, connectorId: string, body: Buffer): Promise<boolean> {
  const said = createHash('sha256').update(body).digest('hex');
  const { numAffectedRows } = await sql`
    INSERT INTO shop_deletions (workspace_id, connector_id, said, at)
    VALUES (${ctx.actor.workspaceId}, ${connectorId}, ${said}, ${ctx.clock.now()}) ON CONFLICT DO NOTHING`.execute(
    ctx.db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}
