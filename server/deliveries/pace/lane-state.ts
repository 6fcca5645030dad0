// What a connection allows at this moment: its rate, what the platform asked it to wait for, its warm-up plan, and whose
// messages wait on it already. Every finish time is made from it: of a run under way and of one that is only planned.
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel, Circuit } from '../../../contract/connections.ts';
import { adapterOf } from '../../channels/registry.ts';
import type { Ctx } from '../../platform/context.ts';
import { sumsOf } from '../reports/reckoning.ts';
import { countStates } from '../runs/run.ts';
import { readRefusals } from './refusals.ts';
import { readWarmUp, type WarmUpState } from './warm-up.ts';

export interface LaneState {
  /** Messages per second: what the platform publishes, or less where 429s have taught it so; Infinity: not known. */
  perSecond: number;
  /** At the rate that is paid for; null: the platform sells none. */
  paidPerSecond: number | null;
  /** A 429 is waited out; null: no wait at present. */
  refusedUntil: Date | null;
  warmUp: WarmUpState;
  /** Messages of other runs under way that share its rate. */
  waiting: number;
  /** null: the platform answers, as far as is known. */
  circuit: Circuit['state'] | null;
  /** It cannot send at all before somebody mends it. */
  isBroken: boolean;
  /** Its workspace sends nothing before a person lets it. */
  isHeld: boolean;
}

/** `but`: the run that asks, which is none of the others. `published`: per second; null: not known, absent: the adapter says it. */
export async function readLane(
  ctx: Ctx,
  connectionId: string,
  { but, published }: { but: string | null; published?: number | null },
): Promise<LaneState> {
  const [row, refusals, warmUp, waiting] = await Promise.all([
    ctx.db
      .selectFrom('connections as n')
      .innerJoin('workspaces as w', 'w.id', 'n.workspace_id')
      .select(['n.channel', 'n.learned_rate', 'n.platform_rate', 'n.status', 'n.circuit', 'w.held_at'])
      .where('n.workspace_id', '=', ctx.actor.workspaceId)
      .where('n.id', '=', connectionId)
      .executeTakeFirstOrThrow(),
    readRefusals(ctx, connectionId),
    readWarmUp(ctx, ctx.actor.workspaceId, connectionId),
    waitingOn(ctx, connectionId, but),
  ]);
  const { pace } = adapterOf(row.channel as Channel);
  const declared = published === undefined ? pace.perSecond : published;
  const most = row.platform_rate ?? declared ?? Number.POSITIVE_INFINITY;
  return {
    perSecond: freeRate(row.learned_rate, most),
    paidPerSecond: pace.paidPerSecond,
    refusedUntil: refusals.until,
    warmUp,
    waiting,
    circuit: row.circuit === 'closed' ? null : (row.circuit as Circuit['state']),
    isBroken: row.status === 'error',
    isHeld: row.held_at !== null,
  };
}

/** What 429s have taught, never above what is published. */
export function freeRate(learned: number | null, published: number): number {
  return Math.min(learned ?? published, published);
}

/** What goes by the rate that is paid for has it to itself. */
export function isPaid(lane: LaneState, settings: Partial<Settings>): boolean {
  return settings.paid_broadcast === true && lane.paidPerSecond !== null;
}

/** What a message of such a run may go at, before its own settings. */
export function laneRate(lane: LaneState, settings: Partial<Settings>): number {
  return isPaid(lane, settings) ? (lane.paidPerSecond as number) : lane.perSecond;
}

/** Whoever pays for a rate of their own takes none of it. */
async function waitingOn(ctx: Ctx, connectionId: string, but: string | null): Promise<number> {
  const runs = await ctx.db
    .selectFrom('runs')
    .select(['id', 'planned', 'expanded_at', 'settings'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('status', '=', 'active')
    .execute();
  let sum = 0;
  for (const run of runs) {
    if (run.id === but || (run.settings as Partial<Settings>).paid_broadcast) continue;
    const counts = await countStates(ctx, run.id);
    sum += sumsOf({
      status: 'active',
      planned: run.planned,
      expanded: run.expanded_at !== null,
      counts,
    }).left;
  }
  return sum;
}
