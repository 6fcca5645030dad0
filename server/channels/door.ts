// The door that platforms bring their webhooks to: since when it stands open. Whoever concludes something from a webhook that
// did not come (deliveries/settling/window.ts) must know whether it could have come. Installation-wide, like the nodes.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';

const markEveryMs = 5000;
/** Without a mark for longer, nobody answered: a node that is busy or changes its turn with another is quicker. */
export const closedAfterSeconds = 30;

/**
 * A node that answers webhooks says so. After a break the door is open anew, and `closed_seconds` is how long it was not; a
 * second break before as much time has passed again counts as one with the first, for the platform repeats with growing waits.
 */
export async function markDoor(base: Pick<BaseCtx, 'db' | 'clock'>): Promise<void> {
  const now = base.clock.now();
  // two nodes' clocks differ a little; one that was set back says nothing about the time between
  const breaks = sql`(abs(extract(epoch FROM EXCLUDED.seen_at - o.seen_at)) > ${closedAfterSeconds})`;
  await sql`
    INSERT INTO webhook_door AS o (open_since, seen_at, closed_seconds) VALUES (${now}, ${now}, 0)
    ON CONFLICT (single) DO UPDATE SET seen_at = CASE WHEN ${breaks} THEN EXCLUDED.seen_at ELSE greatest(o.seen_at, EXCLUDED.seen_at) END,
      open_since = CASE WHEN ${breaks} THEN EXCLUDED.seen_at ELSE o.open_since END,
      closed_seconds = CASE WHEN NOT ${breaks} THEN o.closed_seconds ELSE greatest(0, extract(epoch FROM EXCLUDED.seen_at -
        CASE WHEN o.seen_at < o.open_since + make_interval(secs => o.closed_seconds)
          THEN o.open_since - make_interval(secs => o.closed_seconds) ELSE o.seen_at END)) END`.execute(
    base.db,
  );
}

export interface Door {
  stop(): Promise<void>;
}

/** Marks while this node listens. Never rejects: a database that is away is a closed door. */
export function keepDoor(base: BaseCtx): Door {
  const stopping = new AbortController();
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      await markDoor(base).catch((error) => base.log.warn({ err: error }, 'the open door was not noted'));
      await base.clock.sleep(markEveryMs, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
