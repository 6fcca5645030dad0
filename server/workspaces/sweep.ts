// Hourly housekeeping of this module: what has ended is removed, so that the tables do not grow for ever.
import type { BaseCtx } from '../platform/context.ts';
import { forgetOldAttempts } from './attempts.ts';

/** Removes sessions that have ended and counters of attempts whose window is over. Safe to repeat, on any node. */
export async function sweepWorkspaces(base: BaseCtx): Promise<void> {
  await base.db.deleteFrom('sessions').where('expires_at', '<=', base.clock.now()).execute();
  await forgetOldAttempts(base);
}
