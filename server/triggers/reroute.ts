// What an automation had decided to send through a connection that is its no more goes another way. Of one that was removed: where
// the automation names none or another one by now and that one reaches the person; else it is left out and says so, and an automation
// that nothing is left for is off. Of one that is still there (the automation was moved to another, or it does not work): where
// the other one works and reaches the person; else it goes out through the former one.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { type AutomationPlan, automationOn } from '../campaigns/automation.ts';
import { switchOffWithout } from '../campaigns/switch-off.ts';
import { bestConnection } from '../contacts/best-connection.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import { ongoingRun } from '../deliveries/runs/ongoing.ts';
import {
  betterElsewhere,
  leaveOut,
  moveToRun,
  type Stranded,
  strandedAnywhere,
  strandedOn,
} from '../deliveries/runs/reroute.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';

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
    const moved = automation ? await moveAll(ctx, campaignId, automation, rows) : new Set();
    await leaveOut(ctx, rows.flatMap((row) => (moved.has(row.id) ? [] : [row.id]))); // biome-ignore format: one line
  }
  return stranded.length > 0;
}

/** What a lane gave back on a connection that was removed, after the job of its removal had looked. */
export async function rerouteForgotten(base: BaseCtx): Promise<void> {
  for (const job of await strandedAnywhere(base))
    await base.jobs.enqueue(base, 'triggers.reroute', job, { key: job.connectionId });
}

/** Of one automation that is on: some of what its connection would reach better by now. Returns whether there may be more. */
export async function moveToBetter(ctx: Ctx, campaignId: string): Promise<boolean> {
  await besideMerges(ctx);
  const automation = await automationOn(ctx, campaignId);
  if (!automation) return false;
  const own = automation.connection_id && uuidOf('con', automation.connection_id);
  const rows = await betterElsewhere(ctx, campaignId, own, atOnce);
  await moveAll(ctx, campaignId, automation, rows);
  return rows.length === atOnce;
}

/** Each to the automation's run on the connection that reaches the person. Returns which were. */
async function moveAll(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationPlan,
  rows: Stranded[],
): Promise<Set<string>> {
  const reached = await reachedElsewhere(ctx, automation, rows);
  const { version, content, settings } = automation;
  for (const some of Map.groupBy(reached, (row) => row.connection_id).values()) {
    const [{ connection_id, channel }] = some as [(typeof some)[number]];
    const connection = { id: connection_id, channel };
    const runId = await ongoingRun(ctx, { campaignId, version, connection, content, settings });
    await moveToRun(ctx, some.map((row) => row.id), { runId, connection }); // biome-ignore format: one line
  }
  return new Set(reached.map((row) => row.id));
}

/** Those whose person another connection of the automation reaches, each with that one. */
async function reachedElsewhere(ctx: Ctx, automation: AutomationPlan, stranded: Stranded[]) {
  const { rows } = await sql<{ id: string; connection_id: string; channel: Channel }>`
    SELECT e.id, best.connection_id, best.channel
    FROM unnest(${stranded.map((row) => row.id)}::uuid[], ${stranded.map((row) => row.contactId)}::uuid[]) AS e (id, contact_id)
    ${bestConnection(ctx, automation)}
    JOIN identities i ON i.workspace_id = ${ctx.actor.workspaceId} AND i.connection_id = best.connection_id AND i.contact_id = e.contact_id AND i.reachable`.execute(
    ctx.db,
  );
  return rows;
}
