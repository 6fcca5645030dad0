// Questions about everybody come one after the other: each may take seconds and three processes of PostgreSQL, and one token that
// asks forty at once would keep all the others of the node waiting.
import type { Ctx } from '../platform/context.ts';
import { createSharedSlots } from '../platform/slots.ts';

const slots = createSharedSlots(4, { atOnce: 2, maxWaiting: 4 });

/** Not within a transaction: who waits holds no connection. Throws RATE_LIMITED where many of this workspace wait already. */
export const inTurn = <R>(ctx: Ctx, work: () => Promise<R>): Promise<R> =>
  slots.run(ctx.actor.workspaceId, work);
