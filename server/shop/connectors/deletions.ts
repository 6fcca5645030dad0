// A deletion names a thing by its id, and nothing that is signed says when it was or which delivery it is: sent again, by the shop or by
// whoever got hold of it, it would delete once more what was put back since. So what is signed counts once, whatever its headers say.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import type { ConnectorRow } from './connector.ts';
import type { Told } from './told.ts';

export function isDeletion(told: Told): boolean {
  return told.kind === 'gone' || (told.kind === 'step' && told.step.isDeletion === true);
}

const hashOf = (body: Buffer) => createHash('sha256').update(body).digest('hex');

/** Whether it has not come before. In the transaction that works it in; a second one of the same moment waits for the first. */
export async function isFirstTime(ctx: Ctx, connectorId: string, body: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO shop_deletions (workspace_id, connector_id, said, at)
    VALUES (${ctx.actor.workspaceId}, ${connectorId}, ${hashOf(body)}, ${ctx.clock.now()}) ON CONFLICT DO NOTHING`.execute(
    ctx.db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** It overtook what it deletes. In the transaction that works it in. */
export async function keepForLater(ctx: Ctx, connectorId: string, told: Told, body: Buffer): Promise<void> {
  const gone = told.kind === 'gone' ? goneOf('product', told.gone.external_id) : told.kind === 'step' ? goneOf('order', told.step.external_id) : null; // biome-ignore format: one line
  await ctx.db
    .updateTable('shop_deletions')
    .set({ gone })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connector_id', '=', connectorId)
    .where('said', '=', hashOf(body))
    .execute();
}

/** Of what is not known here: whether it was deleted after `at`. What was put back since changed later than its deletion came. */
export async function wasDeleted(
  ctx: Ctx,
  { id }: Pick<ConnectorRow, 'id'>,
  noun: 'product' | 'order',
  externalId: string,
  at: string | null | undefined,
): Promise<boolean> {
  const row = await ctx.db
    .selectFrom('shop_deletions')
    .select('at')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connector_id', '=', id)
    .where('gone', '=', goneOf(noun, externalId))
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && (!at || new Date(at) <= row.at);
}

const goneOf = (noun: 'product' | 'order', externalId: string) => `${noun} ${externalId}`;
