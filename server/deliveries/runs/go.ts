// A run that waits for a person's go: its test messages are out, its own are not. Going on is `resumeRun`.
import { sql } from 'kysely';
import type { RunGo } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import { contactName } from '../../contacts/contact.ts';
import type { Ctx } from '../../platform/context.ts';
import type { RunRow } from '../pace/standing.ts';
import { pauseRun } from './run.ts';

/** In the transaction that starts the run, so that not one message of it leaves before. */
export async function askForGo(ctx: Ctx, runId: string, deliveries: string[]): Promise<void> {
  await pauseRun(ctx, runId);
  await ctx.db
    .updateTable('runs')
    .set({ test_deliveries: deliveries })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .execute();
}

/** Somebody says go. Safe to repeat: the first time counts. */
export async function giveGo(ctx: Ctx, runId: string): Promise<void> {
  await ctx.db
    .updateTable('runs')
    .set({ go_at: sql<Date>`coalesce(go_at, ${ctx.clock.now()})` })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .where('test_deliveries', 'is not', null)
    .execute();
}

/** Whether a run of the campaign waits for that: then nobody resumes it along with others. */
export async function waitsForGo(ctx: Ctx, campaignId: string): Promise<boolean> {
  const run = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('status', '=', 'paused')
    .where('test_deliveries', 'is not', null)
    .where('go_at', 'is', null)
    .executeTakeFirst();
  return run !== undefined;
}

/** What became of the test; null: none was asked for. */
export async function goOf(ctx: Ctx, run: RunRow): Promise<RunGo | null> {
  if (!run.test_deliveries) return null;
  const rows = await ctx.db
    .selectFrom('deliveries as d')
    .leftJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.contact_id'),
    )
    .select([
      'd.id',
      'd.contact_id',
      'd.state',
      'c.first_name',
      'c.last_name',
      'c.email',
      'c.phone',
      'c.external_id',
    ])
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.id', 'in', run.test_deliveries)
    .orderBy('d.id')
    .execute();
  return {
    given_at: run.go_at?.toISOString() ?? null,
    testers: rows.map((row) => ({
      contact_id: toWireId('cnt', row.contact_id),
      name: contactName(row),
      delivery_id: toWireId('dlv', row.id),
      state: row.state as RunGo['testers'][number]['state'],
    })),
  };
}
