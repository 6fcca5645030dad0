// When the machine's clock is set back, what was put off for seconds would wait until the clock is there again, an hour
// perhaps. Looked for by lanes.ts every second; waits of lanes are by a clock that never steps back and need nothing.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';

/** Less than this is what keeping time looks like. */
const toleranceMs = 2000;

export interface StepWatch {
  /** Milliseconds by which the clock was set back since the last call; 0: it was not. */
  setBackMs(): number;
}

export function createStepWatch({ clock }: Pick<BaseCtx, 'clock'>): StepWatch {
  const ahead = () => clock.now().getTime() - clock.elapsedMs();
  let last = ahead();
  return {
    setBackMs() {
      const before = last;
      last = ahead();
      return before - last > toleranceMs ? before - last : 0;
    },
  };
}

/**
 * Rows that wait for another try and were last taken at a time that is yet to come: they wait for as long as was meant, from
 * now on. Safe to repeat, by several nodes too. What waits for a time of day (quiet hours, a schedule) waits for it by the
 * new clock. Returns how many rows there were.
 */
export async function waitAnew(base: BaseCtx): Promise<number> {
  const now = base.clock.now();
  const result = await sql`
    UPDATE deliveries SET due_at = ${now}::timestamptz + (due_at - claimed_at), claimed_at = ${now}
    WHERE state = 'queued' AND claimed_at > ${now}::timestamptz + make_interval(secs => ${toleranceMs / 1000})
      AND due_at > ${now} AND quiet_since IS NULL`.execute(base.db);
  return Number(result.numAffectedRows ?? 0);
}
