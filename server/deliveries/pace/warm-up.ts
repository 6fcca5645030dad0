// The warm-up plan of a new number: at most so many campaign messages on its first day, its second, … A day is a calendar
// day in the workspace's time zone; PostgreSQL knows the zones, also across changes to summer time. Messages are taken from
// the day's limit before rows are claimed, so that no crash and no second lane can send more than the plan allows.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';

export interface WarmUpState {
  dayLimits: number[] | null;
  startedOn: string | null;
  timeZone: string;
  /** 1 on the first day; null: no plan, or it is over. */
  day: number | null;
  usedToday: number;
  /** What each remaining day of the plan still allows, today first (contract/forecast.ts). */
  days: { leftToSend: number; endsAtMs: number }[];
}

/** Where a connection's plan stands at this moment. */
export async function readWarmUp(
  base: BaseCtx,
  workspaceId: string,
  connectionId: string,
): Promise<WarmUpState> {
  const result = await sql<{
    day_limits: number[] | null;
    started_on: string | null;
    time_zone: string;
    day: number | null;
    used: number;
    ends: Date[];
  }>`
    WITH plan AS (
      SELECT c.workspace_id, c.id, c.warm_up_day_limits AS day_limits, c.warm_up_started_on AS started_on, w.time_zone,
        (${base.clock.now()}::timestamptz AT TIME ZONE w.time_zone)::date AS today
      FROM connections c JOIN workspaces w ON w.id = c.workspace_id
      WHERE c.workspace_id = ${workspaceId} AND c.id = ${connectionId}
    )
    SELECT p.day_limits, p.started_on::text, p.time_zone, greatest(1, p.today - p.started_on + 1) AS day,
      coalesce((SELECT used FROM connection_days d WHERE d.workspace_id = p.workspace_id AND d.connection_id = p.id AND d.day = p.today), 0) AS used,
      ARRAY(SELECT (p.today + n)::timestamp AT TIME ZONE p.time_zone
        FROM generate_series(1, cardinality(p.day_limits) - (p.today - p.started_on)) n ORDER BY n) AS ends
    FROM plan p`.execute(base.db);
  const row = result.rows[0];
  if (!row) return { dayLimits: null, startedOn: null, timeZone: 'UTC', day: null, usedToday: 0, days: [] };
  const limits = row.day_limits ?? [];
  const day = row.day !== null && row.day <= limits.length ? row.day : null;
  return {
    dayLimits: row.day_limits,
    startedOn: row.started_on,
    timeZone: row.time_zone,
    day,
    usedToday: row.used,
    days:
      day === null
        ? []
        : limits.slice(day - 1).map((limit, index) => ({
            leftToSend: Math.max(0, limit - (index === 0 ? row.used : 0)),
            endsAtMs: (row.ends[index] as Date).getTime(),
          })),
  };
}

/** When the next day begins, if today's limit is used up and something is left to wait for it. */
export function resumesAt(state: WarmUpState): Date | null {
  const [today] = state.days;
  return today && today.leftToSend === 0 ? new Date(today.endsAtMs) : null;
}

export interface DayBudget {
  /** How many campaign rows may be claimed now, of `want`. */
  claimable(want: number): number;
  /** So many were claimed. */
  spend(count: number): void;
  /** So many surely did not go out after all. */
  refund(count: number): void;
  /** Nothing is left of what was taken, and the day may have more: refresh before claiming. */
  isShort(): boolean;
  /**
   * Takes the next few from the day's limit where little is left; called when short and at every look. Never throws and need
   * not be waited for: until the day answers, campaign rows are held back, and replies go on.
   */
  refresh(want: number): Promise<void>;
  /** Gives back to the day what was taken and not spent; the budget is over then. Never throws. */
  release(): Promise<void>;
}

/** Taken from the day at once: at most this share of its limit, which is all that a crash can waste. */
const stepShare = 0.05;

/** The budget of one lane. Without a plan everything is claimable and nothing is asked. `refilled`: more is claimable now. */
export function dayBudget(
  base: BaseCtx,
  { workspaceId, connectionId }: { workspaceId: string; connectionId: string },
  hasPlan: boolean,
  refilled: () => void,
): DayBudget {
  let tokens = hasPlan ? 0 : Number.POSITIVE_INFINITY;
  let today: { day: string; endsAtMs: number } | null = null;
  /** The day had nothing more to give when it was last asked, or did not answer: only the next look asks again. */
  let isDry = false;
  let isFailing = false;
  let isReleased = false;
  let refreshing: Promise<void> | null = null;
  const isOver = () => today !== null && base.clock.now().getTime() >= today.endsAtMs;

  async function giveBack(): Promise<void> {
    const unused = tokens;
    tokens = 0;
    if (unused > 0 && today)
      await sql`UPDATE connection_days SET used = greatest(0, used - ${unused})
        WHERE workspace_id = ${workspaceId} AND connection_id = ${connectionId} AND day = ${today.day}::date`.execute(
        base.db,
      );
  }

  async function take(want: number): Promise<void> {
    if (isOver()) await giveBack();
    if (tokens >= want && !isOver()) return;
    const taken = await takeFromDay(base, workspaceId, connectionId, Math.ceil(want - tokens));
    if (taken === null) {
      hasPlan = false;
      today = null;
      tokens = Number.POSITIVE_INFINITY;
      return;
    }
    // midnight came in between; what cannot be given back is lost to the day before
    if (today?.day !== taken.day) await giveBack().catch(failed);
    today = { day: taken.day, endsAtMs: taken.ends_at.getTime() };
    tokens += taken.granted;
    isDry = taken.granted === 0;
  }

  function failed(error: unknown): void {
    isDry = true;
    if (!isFailing)
      base.log.error(
        { err: error, connection: connectionId },
        'the warm-up plan could not be read: campaign messages wait, replies go on; it is asked again every second',
      );
    isFailing = true;
  }

  async function refreshOnce(want: number): Promise<void> {
    try {
      await take(want);
      isFailing = false;
      refilled();
    } catch (error) {
      failed(error);
    }
  }

  return {
    claimable: (want) => (isOver() ? 0 : Math.max(0, Math.min(want, tokens))),
    spend(count) {
      tokens -= count;
    },
    refund(count) {
      tokens += count;
    },
    isShort: () => hasPlan && !isDry && tokens < 1,
    refresh(want) {
      if (!hasPlan || isReleased) return Promise.resolve();
      refreshing ??= refreshOnce(want).finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    async release() {
      isReleased = true;
      await refreshing;
      if (hasPlan) await giveBack().catch(failed);
    },
  };
}

/** Null: the plan is over (or ended), nothing limits the day. */
async function takeFromDay(base: BaseCtx, workspaceId: string, connectionId: string, want: number) {
  const now = base.clock.now();
  const plan = await sql<{ day: string; day_limit: number | null; ends_at: Date }>`
    SELECT t.today::text AS day, c.warm_up_day_limits[greatest(1, t.today - c.warm_up_started_on + 1)] AS day_limit,
      (t.today + 1)::timestamp AT TIME ZONE w.time_zone AS ends_at
    FROM connections c JOIN workspaces w ON w.id = c.workspace_id,
      LATERAL (SELECT (${now}::timestamptz AT TIME ZONE w.time_zone)::date AS today) t
    WHERE c.workspace_id = ${workspaceId} AND c.id = ${connectionId}`.execute(base.db);
  const row = plan.rows[0];
  if (!row || row.day_limit === null) return null;
  const step = Math.max(1, Math.min(want, Math.ceil(row.day_limit * stepShare)));
  await sql`INSERT INTO connection_days (workspace_id, connection_id, day, used)
    VALUES (${workspaceId}, ${connectionId}, ${row.day}::date, 0) ON CONFLICT DO NOTHING`.execute(base.db);
  const taken = await sql<{ granted: number }>`
    WITH before AS (
      SELECT used FROM connection_days
      WHERE workspace_id = ${workspaceId} AND connection_id = ${connectionId} AND day = ${row.day}::date FOR UPDATE
    )
    UPDATE connection_days d SET used = greatest(before.used, least(before.used + ${step}, ${row.day_limit}))
    FROM before WHERE d.workspace_id = ${workspaceId} AND d.connection_id = ${connectionId} AND d.day = ${row.day}::date
    RETURNING d.used - before.used AS granted`.execute(base.db);
  return { day: row.day, ends_at: row.ends_at, granted: taken.rows[0]?.granted ?? 0 };
}
