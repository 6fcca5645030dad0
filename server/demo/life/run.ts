// The job in which the demo shop lives: a step every second or few, for a while, then the next job. One node at a time: the row is
// locked for a step, and of two runs the newer goes on. Off, there is neither row nor job.
import { sql } from 'kysely';
import { type LifeSpeed, lifeSpeeds } from '../../../contract/demo.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { sandboxClient } from '../sandbox-client.ts';
import { automationsOf } from './delays.ts';
import { type KeptNews, newsOf } from './news.ts';
import { live } from './plan.ts';
import { whyNotHere } from './possible.ts';
import { pressLink, remindedOf } from './reminded.ts';
import type { Deed, LifeShop } from './shop.ts';
import { tell } from './tell.ts';

export interface LifeJob {
  workspaceId: string;
}
const jobName = 'demo.live';
/** Of one job; below its expiry. */
const runMs = 20_000;
const stepMs: Record<Exclude<LifeSpeed, 'off'>, number> = { calm: 3000, busy: 1000, rush: 1000 };
/** A shop that was away does not make up for it. */
const stepAtMostMs = 15_000;
const newsKept = 40;
const lookedWithinMs = 2 * 3_600_000;
/** How soon a shop that rests looks whether anybody is there. */
const restMs = 60_000;

export async function wakeLife(ctx: Ctx, startAfter?: Date): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.jobs.enqueue(ctx, jobName, { workspaceId }, { key: workspaceId, startAfter });
}

/** At every start: a shop that lived goes on, whatever became of its job while nothing ran. */
export async function resumeLife(base: BaseCtx): Promise<void> {
  const row = await base.db
    .selectFrom('demo_life')
    .select('workspace_id')
    .where('speed', '!=', 'off')
    .executeTakeFirst();
  if (row) await wakeLife(asSystem(base, row.workspace_id));
}

/** Job `demo.live`. */
export async function runLife(base: BaseCtx, { workspaceId }: LifeJob): Promise<void> {
  const ctx = asSystem(base, workspaceId);
  const runner = await takeOver(ctx);
  if (!runner) return;
  // a node that has no simulated phones leaves it to one that has
  if (!base.config.sandboxUrl) return wakeLife(ctx, soon(ctx));
  const endAt = base.clock.elapsedMs() + runMs;
  while (!base.jobs.stopping.aborted) {
    const state = await stepLife(ctx, runner);
    if (state === 'over') return;
    if (state === 'rests') return wakeLife(ctx, soon(ctx));
    if (base.clock.elapsedMs() >= endAt) break;
    await base.clock.sleep(stepMs[state], base.jobs.stopping);
  }
  await wakeLife(ctx);
}

/** From now on the steps of this run count, and those of another do not. Null: it is off. */
export async function takeOver(ctx: Ctx): Promise<string | null> {
  const runner = newId();
  const { numUpdatedRows } = await ctx.db
    .updateTable('demo_life')
    .set({ runner })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('speed', '!=', 'off')
    .executeTakeFirst();
  return numUpdatedRows > 0n ? runner : null;
}

const soon = (ctx: Ctx) => new Date(ctx.clock.now().getTime() + restMs);

/** One step, at the speed that it returns. `over`: switched off, not allowed any more, or another run has taken over. */
export async function stepLife(
  ctx: Ctx,
  runner: string,
): Promise<'over' | 'rests' | Exclude<LifeSpeed, 'off'>> {
  const { workspaceId } = ctx.actor;
  const pressed: Extract<Deed, { kind: 'press' }>[] = [];
  const state = await inTransaction(ctx, async (locked) => {
    const row = await locked.db
      .selectFrom('demo_life')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .forUpdate()
      .executeTakeFirst();
    if (!row || row.speed === 'off' || row.runner !== runner) return 'over';
    const now = ctx.clock.now();
    const set = (values: object) =>
      locked.db
        .updateTable('demo_life')
        .set({ ...values, lived_at: now })
        .where('workspace_id', '=', workspaceId)
        .execute();
    if (await whyNotHere(ctx)) {
      await set({ speed: 'off' });
      return 'over';
    }
    if (!(await isLookedAt(ctx, row.updated_at))) {
      await set({ rests: true });
      return 'rests';
    }
    const speed = row.speed as Exclude<LifeSpeed, 'off'>;
    const before = row.shop as unknown as LifeShop;
    const passedMs = Math.max(0, Math.min(now.getTime() - row.lived_at.getTime(), stepAtMostMs));
    const { shop, deeds } = live(before, {
      nowMs: now.getTime(),
      seconds: (passedMs / 1000) * lifeSpeeds[speed],
      patienceMs: await patienceOf(ctx),
      refillMs: Math.max(45_000, 120_000 / lifeSpeeds[speed]),
      reminded: await remindedOf(
        ctx,
        before.left.map(({ visit }) => visit),
      ),
    });
    const news: KeptNews[] = [];
    for (const deed of deeds) {
      if (deed.kind === 'press') pressed.push(deed);
      else if (!(await happens(ctx, deed))) continue;
      const line = newsOf(deed, now.toISOString());
      if (line) news.push(line);
    }
    const kept = [...(row.news as unknown as KeptNews[]), ...news].slice(-newsKept);
    await set({ shop: JSON.stringify(shop), news: JSON.stringify(kept), rests: false });
    if (news.length > 0)
      await ctx.hub.publish(locked, { topic: 'live', workspaceId, frame: { type: 'demo.lived' } });
    return speed;
  });
  const { sandboxUrl } = ctx.config;
  if (sandboxUrl) for (const visit of pressed) await pressLink(ctx, sandboxClient(sandboxUrl), visit);
  return state;
}

/** False: the customer was erased or merged away, and so there is no such deed. Beside the step's transaction: its own is the door's. */
async function happens(ctx: Ctx, deed: Exclude<Deed, { kind: 'press' }>): Promise<boolean> {
  try {
    await tell(ctx, deed);
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

/** A cart is left lying until its reminder should have come, and a little longer. */
async function patienceOf(ctx: Ctx): Promise<number> {
  const delays = (await automationsOf(ctx)).flatMap(({ kind, trigger }) =>
    kind === 'abandoned_cart' && trigger.enabled ? trigger.delay_minutes : [],
  );
  return (Math.max(1, ...delays) + 2) * 60_000;
}

async function isLookedAt(ctx: Ctx, changedAt: Date): Promise<boolean> {
  const since = new Date(ctx.clock.now().getTime() - lookedWithinMs);
  if (changedAt > since) return true;
  const { rows } = await sql<{ is: boolean }>`
    SELECT EXISTS (SELECT FROM sessions WHERE workspace_id = ${ctx.actor.workspaceId} AND last_seen_at > ${since}) AS is`.execute(
    ctx.db,
  );
  return rows[0]?.is ?? false;
}
