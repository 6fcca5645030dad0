// What customers of the demo shop find on their phones about a cart they left, and what they do with it.
import { sql } from 'kysely';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
import type { SandboxClient } from '../sandbox-client.ts';
import type { Visit } from './shop.ts';
import { numberOf } from './tell.ts';

/** The numbers of those visits whose cart a message has gone out about. */
export async function remindedOf(ctx: Ctx, visits: Visit[]): Promise<Set<number>> {
  if (visits.length === 0) return new Set();
  const byNumber = new Map(visits.map((visit) => [numberOf(visit), visit.number]));
  const { rows } = await sql<{ external_id: string }>`
    SELECT k.external_id FROM carts k
    WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.external_id = ANY(${[...byNumber.keys()]}::text[]) AND EXISTS (
      SELECT FROM delivery_events e JOIN deliveries d ON d.workspace_id = e.workspace_id AND d.id = e.delivery_id
      WHERE e.workspace_id = k.workspace_id AND e.subject_id = k.id AND d.sent_at IS NOT NULL)`.execute(
    ctx.db,
  );
  return new Set(rows.flatMap(({ external_id }) => byNumber.get(external_id) ?? []));
}

/** They open the chat and press the link of the message, as a browser on their phone would. Never rejects: a phone may be off. */
export async function pressLink(
  ctx: Ctx,
  sandbox: SandboxClient,
  visit: { who: number; number: number },
): Promise<void> {
  const { rows } = await sql<{ account_id: string; channel: Channel; address: string }>`
    SELECT n.account_id, n.channel, d.address FROM carts k
    JOIN delivery_events e ON e.workspace_id = k.workspace_id AND e.subject_id = k.id
    JOIN deliveries d ON d.workspace_id = e.workspace_id AND d.id = e.delivery_id AND d.sent_at IS NOT NULL
    JOIN connections n ON n.workspace_id = d.workspace_id AND n.id = d.connection_id AND n.sandbox
    WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.external_id = ${numberOf(visit)}
    ORDER BY d.sent_at DESC LIMIT 1`.execute(ctx.db);
  const [got] = rows;
  const base = ctx.config.publicUrl ?? ctx.config.ownUrl;
  if (!got || !base) return;
  try {
    const byPhone = factsOf(got.channel).addressesArePhones;
    if (byPhone) await sandbox.openChat(got.account_id, `+${got.address}`);
    const link = await sandbox.lastLink(
      byPhone ? 'number' : 'bot',
      got.account_id,
      got.address,
      `${base}/l/`,
    );
    if (link) await sandbox.open(link);
  } catch (error) {
    ctx.log.debug({ err: error }, 'a simulated customer could not press the link');
  }
}
