// The history of one delivery, oldest first. What went well at once has no rows of its own: the delivery itself tells it.
import {
  type AttemptOutcome,
  attemptOutcomes,
  type DeliveryDetail,
  type DeliveryStep,
} from '../../../contract/delivery-history.ts';
import type { Ctx } from '../../platform/context.ts';
import { getDelivery, inWords } from './log.ts';

/** Throws NOT_FOUND. */
export async function deliveryWithHistory(ctx: Ctx, id: string): Promise<DeliveryDetail> {
  const delivery = await getDelivery(ctx, id);
  const row = await ctx.db
    .selectFrom('deliveries as d')
    .leftJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'd.workspace_id').onRef('r.id', '=', 'd.run_id'),
    )
    .select(['d.state', 'd.reason', 'd.detail', 'd.attempts', 'd.due_at', 'd.claimed_at', 'd.unknown_at'])
    .select(['d.quiet_since', 'd.channel'])
    .select(['d.created_at', 'd.sent_at', 'd.delivered_at', 'd.read_at', 'd.clicked_at', 'd.replied_at'])
    .select('r.status as run_status')
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.id', '=', id)
    .executeTakeFirstOrThrow();
  const tries = await ctx.db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('delivery_id', '=', id)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return { ...delivery, history: stepsOf(row, tries, ctx.clock.now()) };
}

export interface HistoryRow {
  channel: string;
  state: string;
  reason: string | null;
  detail: string | null;
  attempts: number;
  due_at: Date;
  claimed_at: Date | null;
  unknown_at: Date | null;
  quiet_since: Date | null;
  created_at: Date;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  clicked_at: Date | null;
  replied_at: Date | null;
  run_status: string | null;
}
export interface Try {
  at: Date;
  outcome: string;
  attempt: number;
  reason: string | null;
  detail: string | null;
  latency_ms: number | null;
  node: string | null;
  actor: string | null;
}

/** Pure: the row, its recorded tries, and what the row alone knows. */
export function stepsOf(row: HistoryRow, tries: Try[], now: Date): DeliveryStep[] {
  return [
    step(row.created_at, 'written', 'Written into the send log'),
    // accepted at once, and told of as not delivered only later
    ...(tries[0]?.outcome === 'undelivered' && row.sent_at
      ? [step(row.sent_at, 'accepted', attemptOutcomes.accepted, { attempt: tries[0].attempt })]
      : []),
    ...tries.map(fromTry),
    ...presentOf(row, tries.at(-1)?.outcome ?? null, now),
    ...receiptsOf(row),
  ];
}

function step(at: Date | null, code: string, words: string, more: Partial<DeliveryStep> = {}): DeliveryStep {
  const none = { detail: null, attempt: null, latency_ms: null, node: null, by: null };
  return { at: at?.toISOString() ?? null, code, words, ...none, ...more };
}

function fromTry(tried: Try): DeliveryStep {
  const outcome = tried.outcome as AttemptOutcome;
  return step(tried.at, outcome, attemptOutcomes[outcome] ?? outcome, {
    detail: inWords(outcome === 'unknown' ? 'unknown' : 'failed', tried.reason, tried.detail),
    attempt: tried.attempt > 0 ? tried.attempt : null,
    latency_ms: tried.latency_ms,
    node: tried.node,
    by: tried.actor,
  });
}

/** Where the row stands, unless its last try says the same. */
function presentOf(row: HistoryRow, last: string | null, now: Date): DeliveryStep[] {
  const attempt = row.attempts > 0 ? row.attempts : null;
  const detail = inWords(row.state, row.reason, row.detail, row.channel);
  switch (row.state) {
    case 'planned':
      return [step(null, 'waiting', 'Waits until the first ones have gone well')];
    case 'queued':
      return [waiting(row, now)];
    case 'sending':
      return [step(row.claimed_at, 'sending', 'On its way at this moment', { attempt })];
    case 'sent':
    case 'delivered':
    case 'read':
      return last !== null && /^(accepted|counted|settled)/.test(last)
        ? []
        : [
            step(row.sent_at, 'accepted', attemptOutcomes.accepted, {
              attempt,
              // what it went without
              detail: row.reason === null ? row.detail : null,
            }),
          ];
    case 'failed':
      return last !== null && /^(rejected|given_up|undelivered|never_left)$/.test(last)
        ? []
        : [step(row.claimed_at, 'rejected', attemptOutcomes.rejected, { attempt, detail })];
    case 'unknown':
      return last === 'unknown' || last === 'node_lost'
        ? []
        : [step(row.unknown_at ?? row.claimed_at, 'unknown', attemptOutcomes.unknown, { attempt, detail })];
    case 'skipped':
      return [step(row.claimed_at ?? row.created_at, 'skipped', 'Left out on purpose', { detail })];
    case 'cancelled':
      return [step(null, 'cancelled', 'Cancelled: it is not sent', { detail })];
    default:
      return [];
  }
}

function waiting(row: HistoryRow, now: Date): DeliveryStep {
  if (row.run_status === 'paused') return step(null, 'waiting', 'Waits: the campaign is paused');
  if (row.due_at > now)
    return step(
      row.due_at,
      'waiting',
      row.quiet_since ? 'Waits for the end of quiet hours' : 'Waits for its time',
    );
  return step(null, 'waiting', 'Waits for its turn');
}

function receiptsOf(row: HistoryRow): DeliveryStep[] {
  const receipts: [Date | null, string, string][] = [
    [row.delivered_at, 'delivered', 'Arrived on the phone'],
    [row.read_at, 'read', 'Read'],
    [row.clicked_at, 'clicked', 'Clicked'],
    [row.replied_at, 'replied', 'Replied'],
  ];
  return receipts.flatMap(([at, code, words]) => (at ? [step(at, code, words)] : []));
}
