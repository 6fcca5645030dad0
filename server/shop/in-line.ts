// Writers of one shop's data wait for each other in the database (alone.ts). They do so in a line before it, where waiting holds no
// connection: a flood of webhooks of one shop would else hold all that the node has.
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { createSharedSlots } from '../platform/slots.ts';

/** Orders and carts, products, and one more; of some twenty connections. */
const slots = createSharedSlots(
  9,
  { atOnce: 3, maxWaiting: 2000 },
  () =>
    new AppError(
      'RATE_LIMITED',
      'More news of this shop waits than can be worked in soon. Send it again in a few seconds.',
      { retryAfterMs: 5000 },
    ),
);

/** Before the transaction; within one there is nothing to wait for. Throws RATE_LIMITED where thousands of this workspace wait. */
export const inLine = <R>(ctx: Ctx, work: () => Promise<R>): Promise<R> =>
  ctx.db.isTransaction ? work() : slots.run(ctx.actor.workspaceId, work);
