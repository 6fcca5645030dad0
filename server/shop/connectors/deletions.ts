// Deletions come without a time, so nothing says which of two accounts is the later: deleted, put back, and the same deletion sent
// again would be deleted once more. Each counts once.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import type { Told } from './told.ts';

export function isTimelessDeletion(told: Told): boolean {
  if (told.kind === 'gone') return told.gone.at === null;
  return told.kind === 'step' && told.step.status === 'cancelled' && told.step.at === null;
}

/** Whether it has not come before. In the transaction that works it in; a second one of the same moment waits for the first. */
export async function isFirstTime(
  ctx: Ctx,
  connectorId: string,
  { webhookId, topic, body }: { webhookId: string | null; topic: string; body: Buffer },
): Promise<boolean> {
  const webhook = webhookId ?? createHash('sha256').update(`${topic}\n`).update(body).digest('hex');
  const { numAffectedRows } = await sql`
    INSERT INTO shop_deletions (workspace_id, connector_id, webhook, at)
    VALUES (${ctx.actor.workspaceId}, ${connectorId}, ${webhook}, ${ctx.clock.now()}) ON CONFLICT DO NOTHING`.execute(
    ctx.db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}
