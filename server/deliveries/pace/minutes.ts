// How fast each connection sends and how often the platform said 429, per minute: for the limits page. All lanes of a node
// count in memory; one statement every few seconds writes them down together, so that sending pays nothing for it.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';

const writeEveryMs = 5000;
/** The limits page shows half an hour and counts an hour. */
const keepMs = 24 * 3_600_000;

interface Place {
  workspaceId: string;
  connectionId: string;
}
interface Tally extends Place {
  sent: number;
  limited: number;
  limitedAt: Date | null;
  limitedUntil: Date | null;
}

export interface Minutes {
  sent(place: Place): void;
  /** A 429. `freezesMs`: how long it forbids the whole connection; null where it concerns one chat. */
  limited(place: Place, freezesMs: number | null): void;
  write(): Promise<void>;
  stop(): Promise<void>;
}

export function createMinutes(base: BaseCtx): Minutes {
  let tallies = new Map<string, Tally>();
  /** Wrote a rate above zero last time: writes a zero once more, so that an idle lane does not look busy. */
  let moving = new Map<string, Place>();
  let since = base.clock.elapsedMs();
  let writing: Promise<void> | null = null;

  function tally({ workspaceId, connectionId }: Place): Tally {
    let found = tallies.get(connectionId);
    if (!found) {
      found = { workspaceId, connectionId, sent: 0, limited: 0, limitedAt: null, limitedUntil: null };
      tallies.set(connectionId, found);
    }
    return found;
  }

  async function write(): Promise<void> {
    for (const place of moving.values()) tally(place);
    if (tallies.size === 0) return;
    const batch = tallies;
    const seconds = Math.max(0.5, (base.clock.elapsedMs() - since) / 1000);
    const before = { moving, since };
    tallies = new Map();
    since = base.clock.elapsedMs();
    moving = new Map([...batch].filter(([, one]) => one.sent > 0));
    try {
      await writeTallies(base, [...batch.values()], seconds);
    } catch (error) {
      // samples are for looking at: kept for the next time, never in the way of sending
      base.log.warn({ err: error }, 'rate samples could not be written yet');
      ({ moving, since } = before);
      for (const one of batch.values()) merge(tally(one), one);
    }
  }

  const soon = () => {
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  };
  const timer = setInterval(() => void soon(), writeEveryMs).unref();
  return {
    sent(place) {
      tally(place).sent += 1;
    },
    limited(place, freezesMs) {
      const now = base.clock.now();
      merge(tally(place), {
        sent: 0,
        limited: 1,
        limitedAt: now,
        limitedUntil: freezesMs === null ? null : new Date(now.getTime() + freezesMs),
      });
      // rare, and whoever looks at the page wants to know at once why nothing moves
      if (freezesMs !== null) void soon();
    },
    write: soon,
    async stop() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

function merge(into: Tally, from: Omit<Tally, keyof Place>): void {
  into.sent += from.sent;
  into.limited += from.limited;
  into.limitedAt = later(into.limitedAt, from.limitedAt);
  into.limitedUntil = later(into.limitedUntil, from.limitedUntil);
}
const later = (a: Date | null, b: Date | null) => (a && b ? (a > b ? a : b) : (a ?? b));

async function writeTallies(base: BaseCtx, all: Tally[], seconds: number): Promise<void> {
  const now = base.clock.now();
  const column = <T>(of: (one: Tally) => T) => all.map(of);
  await sql`
    INSERT INTO connection_minutes AS m
      (workspace_id, connection_id, minute, sent, rate_limited, limited_at, limited_until, per_second, written_at)
    SELECT v.workspace_id, v.connection_id, date_trunc('minute', ${now}::timestamptz), v.sent, v.limited, v.limited_at, v.limited_until, v.per_second, ${now}
    FROM unnest(${column((one) => one.workspaceId)}::uuid[], ${column((one) => one.connectionId)}::uuid[],
      ${column((one) => one.sent)}::int[], ${column((one) => one.limited)}::int[],
      ${column((one) => one.limitedAt?.toISOString() ?? null)}::timestamptz[], ${column((one) => one.limitedUntil?.toISOString() ?? null)}::timestamptz[],
      ${column((one) => one.sent / seconds)}::real[])
      AS v (workspace_id, connection_id, sent, limited, limited_at, limited_until, per_second)
    JOIN connections c ON c.workspace_id = v.workspace_id AND c.id = v.connection_id
    ON CONFLICT (workspace_id, connection_id, minute) DO UPDATE SET
      sent = m.sent + excluded.sent, rate_limited = m.rate_limited + excluded.rate_limited,
      limited_at = greatest(m.limited_at, excluded.limited_at), limited_until = greatest(m.limited_until, excluded.limited_until),
      per_second = excluded.per_second, written_at = excluded.written_at`.execute(base.db);
}

/** Job `deliveries.forget_minutes`, hourly. */
export async function forgetOldMinutes(base: BaseCtx): Promise<void> {
  const now = base.clock.now().getTime();
  await base.db
    .deleteFrom('connection_minutes')
    .where('minute', '<', new Date(now - keepMs))
    .execute();
  // a month of a plan's days is kept for whoever asks what was sent when
  await base.db
    .deleteFrom('connection_days')
    .where('day', '<', new Date(now - 31 * 24 * 3_600_000))
    .execute();
}
