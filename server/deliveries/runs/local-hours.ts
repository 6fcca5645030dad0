// Runs that meet everybody at an hour of their own zone go on for a day. Carillon may be away when some of those hours come:
// what becomes of people whose hour was missed is decided as for any campaign that missed its hour, and nobody is sent it
// before that. A run says when it was last looked at; the claim gives nothing of one that nobody looked at for long.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import { mayStillSend, onTimeMinutes } from '../../../contract/schedules.ts';
import { lengthInWords } from '../../../contract/zones.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { lockRuns } from './run.ts';

const onTimeMs = onTimeMinutes * 60_000;

/** Of run `r`: hours of it may have been missed, which is decided first. Never true of a run that goes to all at once. */
export const awaitsLook = (now: Date) => sql<boolean>`r.looked_at < ${new Date(now.getTime() - onTimeMs)}`;

interface Looked {
  status: string;
  looked_at: Date;
  settings: Partial<Settings>;
  connection_id: string;
  held: boolean;
}

/** Job `deliveries.local_hours`, every minute. Safe on many nodes at once. */
export async function lookAtLocalHours(base: BaseCtx): Promise<void> {
  const runs = await sql<{ workspace_id: string; id: string }>`
    SELECT workspace_id, id FROM runs WHERE looked_at IS NOT NULL AND status IN ('active', 'paused') ORDER BY id`.execute(
    base.db,
  );
  for (const run of runs.rows)
    await inTransaction(asSystem(base, run.workspace_id), (ctx) => lookAt(ctx, run.id));
}

async function lookAt(ctx: Ctx, runId: string): Promise<void> {
  await lockRuns(ctx, [runId]);
  const { rows } = await sql<Looked>`
    SELECT r.status, r.looked_at, r.settings, r.connection_id, w.held_at IS NOT NULL AS held
    FROM runs r JOIN workspaces w ON w.id = r.workspace_id
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.id = ${runId} AND r.status IN ('active', 'paused')`.execute(
    ctx.db,
  );
  const [run] = rows;
  if (!run) return;
  const now = ctx.clock.now();
  const wasAway = now.getTime() - run.looked_at.getTime() > onTimeMs;
  // whoever pauses it or holds the workspace decides by going on
  const reason = wasAway && run.status === 'active' && !run.held ? await whyHeld(ctx, runId, run) : null;
  await sql`
    UPDATE runs SET looked_at = greatest(looked_at, ${now}) ${reason ? sql`, status = 'paused'` : sql``}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${runId}`.execute(ctx.db);
  if (reason) {
    const { workspaceId } = ctx.actor;
    await ctx.jobs.enqueue(ctx, 'campaigns.hold', { workspaceId, runId, reason }, { key: runId });
  }
  if (wasAway) await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
}

/** Null: nobody's hour was missed by more than the campaign allows. Who waited for anything else has not missed it. */
async function whyHeld(ctx: Ctx, runId: string, { looked_at, settings }: Looked): Promise<string | null> {
  const now = ctx.clock.now();
  const { rows } = await sql<{ people: number; earliest: Date | null }>`
    SELECT count(*) AS people, min(due_at) AS earliest FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND state = 'queued'
      AND due_at > ${looked_at} AND due_at <= ${now} AND quiet_since IS NULL AND claimed_at IS NULL`.execute(
    ctx.db,
  );
  const { people, earliest } = rows[0] as (typeof rows)[number];
  if (!earliest) return null;
  const lateMs = now.getTime() - earliest.getTime();
  if (!settings.missed || mayStillSend(settings.missed, lateMs)) return null;
  const whom = people === 1 ? 'one person' : `${people.toLocaleString('en')} people`;
  return `Held: Carillon came up to ${lengthInWords(lateMs)} late to ${whom} whose local time had come. Resume to send it to them now, or cancel.`;
}
