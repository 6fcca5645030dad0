// A connection was removed. What automations had decided to send through it goes another way, where the automation names none or
// another one by now and that one reaches the person; else it is left out and says so. An automation that nothing is left for is off.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { type Automation, automationOn } from '../campaigns/automation.ts';
import { switchOffWithout } from '../campaigns/switch-off.ts';
import { bestConnection } from '../contacts/best-connection.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import { ongoingRun } from '../deliveries/runs/ongoing.ts';
import { leaveOut, moveToRun, type Stranded, strandedOn } from '../deliveries/runs/reroute.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';

const atOnce = 1000;

interface RerouteJob {
  workspaceId: string;
  connectionId: string;
}

/** Job `triggers.reroute`. Safe to repeat. */
export async function reroute(base: BaseCtx, { workspaceId, connectionId }: RerouteJob): Promise<void> {
  const ctx = asSystem(base, workspaceId);
  while (await inTransaction(ctx, (ctx) => rerouteSome(ctx, connectionId)));
  await inTransaction(ctx, (ctx) => switchOffWithout(ctx, connectionId));
}

/** Returns whether there were any. */
async function rerouteSome(ctx: Ctx, connectionId: string): Promise<boolean> {
  await besideMerges(ctx);
  const stranded = await strandedOn(ctx, connectionId, atOnce);
  for (const [campaignId, rows] of Map.groupBy(stranded, (row) => row.campaignId)) {
    const automation = await automationOn(ctx, campaignId);
    const reached = automation ? await reachedElsewhere(ctx, automation, rows) : [];
    for (const some of Map.groupBy(reached, (row) => row.connection_id).values()) {
      const [{ connection_id, channel }] = some as [(typeof some)[number]];
      const connection = { id: connection_id, channel };
      const { version, content, settings } = automation as Automation;
      const runId = await ongoingRun(ctx, { campaignId, version, connection, content, settings });
      await moveToRun(ctx, some.map((row) => row.id), { runId, connection }); // biome-ignore format: one line
    }
    const moved = new Set(reached.map((row) => row.id));
    await leaveOut(ctx, rows.flatMap((row) => (moved.has(row.id) ? [] : [row.id]))); // biome-ignore format: one line
  }
  return stranded.length > 0;
}

/** Those whose person another connection of the automation reaches, each with that one. */
async function reachedElsewhere(ctx: Ctx, automation: Automation, stranded: Stranded[]) {
  const { rows } = await sql<{ id: string; connection_id: string; channel: Channel }>`
    SELECT e.id, best.connection_id, best.channel
    FROM unnest(${stranded.map((row) => row.id)}::uuid[], ${stranded.map((row) => row.contactId)}::uuid[]) AS e (id, contact_id)
    ${bestConnection(ctx, automation)}
    JOIN identities i ON i.workspace_id = ${ctx.actor.workspaceId} AND i.connection_id = best.connection_id AND i.contact_id = e.contact_id AND i.reachable`.execute(
    ctx.db,
  );
  return rows;
}
