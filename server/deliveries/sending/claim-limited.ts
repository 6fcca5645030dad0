// The claim for workspaces with frequency caps or quiet hours; the others never come here. Two campaigns on two connections
// that want the same person at the same instant must not both pass: the person's row is locked first, and judged in a second
// statement that sees what whoever held the lock before has committed.
import { sql } from 'kysely';
import { type BaseCtx, inTransaction } from '../../platform/context.ts';
import { channelIn } from '../../platform/db/channel-sql.ts';
import { settleInHalves } from '../../platform/gather.ts';
import { fromStates } from '../delivery.ts';
import { judge, type Limits } from '../pressure/eligibility.ts';
import { deferQuiet } from '../pressure/quiet-rows.ts';
import { runIsHeld } from '../runs/hold.ts';
import { awaitsLook } from '../runs/local-hours.ts';
import { stateIn } from '../state-sql.ts';
import { type Ask, asked, type ClaimedRow, person, type Taken, takenBy, waiting } from './claim.ts';

/** One lane's question for rows of a run whose messages are bound by `limits`. */
export interface LimitedAsk extends Ask {
  limits: Limits;
}

/** Each is a transaction: more at once would take the pool from everybody else. */
const workspacesAtOnce = 4;

/** As claimOfRuns. Asks with the same limits share their statements; what fails for one group is no matter of the others. */
export async function claimLimited(
  base: BaseCtx,
  asks: LimitedAsk[],
): Promise<PromiseSettledResult<Taken>[]> {
  const answers = new Map<LimitedAsk, PromiseSettledResult<Taken>>();
  const workspaces = [...Map.groupBy(asks, (ask) => ask.limits.workspaceId).values()];
  // groups of one workspace want the same people: at the same time each would pass over whom another looks at
  const claimOne = async (asks: LimitedAsk[]) => {
    for (const group of Map.groupBy(asks, (ask) => JSON.stringify(ask.limits)).values()) {
      const settled = await settleInHalves(group, (asks) => claimGroup(base, asks));
      for (const [index, ask] of group.entries())
        answers.set(ask, settled[index] as PromiseSettledResult<Taken>);
    }
  };
  await Promise.all(
    Array.from({ length: workspacesAtOnce }, async () => {
      for (let own = workspaces.shift(); own; own = workspaces.shift()) await claimOne(own);
    }),
  );
  return asks.map((ask) => answers.get(ask) as PromiseSettledResult<Taken>);
}

interface LockedRow {
  place: number;
  claim: string;
  batch: number | null;
  id: string;
  contact_id: string;
  time_zone: string | null;
}

async function claimGroup(base: BaseCtx, asks: LimitedAsk[]): Promise<Taken[]> {
  const { limits } = asks[0] as LimitedAsk;
  const { due, rows } = await inTransaction(base, async (base) => {
    const due = await lockDue(base, asks);
    // of two messages to the same person the second waits for the next claim, which then knows of the first
    const people = new Set<string>();
    const first = due.filter((row) => !people.has(row.contact_id) && people.add(row.contact_id));
    return { due, rows: await judgeAndTake(base, limits, first) };
  });
  const found = asks.map((_, index) => due.filter((row) => row.place === index + 1).length);
  const short = asks.filter((ask, index) => (found[index] as number) < ask.limit);
  // the claim stands by now: what is only tidying up must not make it look failed, and the next claim does it again
  try {
    if (short.length > 0) await dropErased(base, short);
    if (rows.some((row) => row.skip === 'queued'))
      await deferQuiet(
        base,
        limits,
        asks.map((ask) => ask.from),
        due.map((row) => row.time_zone),
      );
  } catch (error) {
    base.log.warn({ err: error }, 'rows that wait or belong to nobody could not be put aside yet');
  }
  return takenBy(asks, rows).map(({ rows }, index) => ({
    rows,
    more: (found[index] as number) >= (asks[index] as LimitedAsk).limit,
  }));
}

/** Due rows together with their people. Whoever is being looked at elsewhere at this moment is passed over, never waited for. */
async function lockDue(base: BaseCtx, asks: LimitedAsk[]): Promise<LockedRow[]> {
  const result = await sql<LockedRow>`
    SELECT ask.place::int, ask.claim, ask.batch, d.id, d.contact_id, d.time_zone FROM ${asked(asks)}
    CROSS JOIN LATERAL (
      SELECT d.id, d.contact_id, c.time_zone
      FROM deliveries d JOIN contacts c ON c.workspace_id = d.workspace_id AND c.id = d.contact_id
      WHERE d.run_id = ask.source AND ${waiting} AND d.due_at <= ${base.clock.now()}
        AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = ask.source AND (r.status <> 'active' OR ${awaitsLook(base.clock.now())} OR ${runIsHeld}))
      ORDER BY d.due_at, d.id LIMIT ask.most
      FOR UPDATE OF d SKIP LOCKED FOR NO KEY UPDATE OF c SKIP LOCKED
    ) d`.execute(base.db);
  return result.rows;
}

async function judgeAndTake(base: BaseCtx, limits: Limits, rows: LockedRow[]): Promise<ClaimedRow[]> {
  if (rows.length === 0) return [];
  const now = base.clock.now();
  const { joins, skip, until } = judge(limits, {
    at: now,
    zones: rows.map((row) => row.time_zone),
    people: sql`h.contact_id = ANY(${rows.map((row) => row.contact_id)}::uuid[])`,
    needsWindow: sql`plan.needs_window`,
    marketingTemplate: sql`plan.marketing_template`,
    byPhone: channelIn(sql`d.channel`, 'addressesArePhones'),
    since: sql`d.quiet_since`,
  });
  const result = await sql<ClaimedRow & { state: string }>`
    WITH judged AS MATERIALIZED (
      SELECT t.place, t.claim, t.batch, d.workspace_id, d.id, ${person.columns},
        CASE WHEN d.twin_of IS NOT NULL THEN 'merged'
          ELSE coalesce(${skip}, CASE WHEN plan.campaign_version IS NOT NULL THEN event_refusal(d.workspace_id, d.id, ${now}) END) END AS skip, ${until} AS until
      FROM unnest(${rows.map((row) => row.place)}::int[], ${rows.map((row) => row.claim)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
          ${rows.map((row) => row.batch)}::int[]) AS t (place, claim, id, batch)
      JOIN deliveries d ON d.workspace_id = ${limits.workspaceId} AND d.id = t.id
      JOIN runs plan ON plan.id = d.run_id
      JOIN contacts c ON c.workspace_id = d.workspace_id AND c.id = d.contact_id
      ${person.joins(sql.ref('d'))}
      ${joins}
    ), decided AS (
      SELECT *, skip IS NULL AND until IS NULL AS goes, skip IS NULL AND until IS NOT NULL AS waits FROM judged
    )
    UPDATE deliveries d SET
      state = CASE WHEN j.goes THEN 'sending' WHEN j.waits THEN 'queued' ELSE 'skipped' END,
      reason = j.skip, detail = NULL,
      claim = CASE WHEN j.goes THEN j.claim END, claimed_at = CASE WHEN j.waits THEN d.claimed_at ELSE ${now} END,
      due_at = CASE WHEN j.waits THEN j.until ELSE d.due_at END,
      quiet_since = CASE WHEN j.waits THEN coalesce(d.quiet_since, ${now}) ELSE d.quiet_since END,
      address = coalesce(j.address, d.address),
      batch = CASE WHEN j.goes THEN j.batch ELSE d.batch END,
      attempts = least(d.attempts + j.goes::int, 30000)
    FROM decided j
    WHERE d.workspace_id = j.workspace_id AND d.id = j.id
    RETURNING ${person.returned}, d.state`.execute(base.db);
  return result.rows.map((row) => ({ ...row, skip: row.state === 'sending' ? null : row.state }));
}

/** A person erased while their message was out and came back unsent: nobody is left to lock. */
async function dropErased(base: BaseCtx, asks: LimitedAsk[]): Promise<void> {
  await sql`
    UPDATE deliveries d SET state = 'skipped', reason = 'contact_erased', detail = NULL
    WHERE d.run_id = ANY(${asks.map((ask) => ask.from)}::uuid[]) AND ${stateIn('d.state', fromStates('skipped', ['queued']))} AND d.due_at <= ${base.clock.now()}
      AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.workspace_id = d.workspace_id AND c.id = d.contact_id)`.execute(
    base.db,
  );
}
