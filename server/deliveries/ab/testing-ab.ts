// For tests of A/B tests on real rows and without lanes: the rows are written by the job, and sent by hand.
import { content } from '../../../contract/message.ts';
import type { AbTest } from '../../../contract/variants.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, type TestCtx } from '../../testing/context.ts';
import { aRun, runRow } from '../../testing/engine.ts';
import { expandRun } from '../runs/expand.ts';
import { countStates } from '../runs/run.ts';
import { type AbRun, readAb } from './tend-ab.ts';

export const twoWordings = (winner: AbTest['winner'] = { by: 'hand' }): AbTest => ({
  variants: [{ key: 'b', content: content.parse({ text: 'Wording B' }) }],
  test_percent: 50,
  winner,
});

/** A run in a shop of its own whose rows are written. */
export async function anAbRun(base: TestCtx, people: number, ab: AbTest) {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  for (let n = 0; n < people; n++) await aContact(ctx, { connectionId });
  const { runId } = await aRun(ctx, connectionId, { settings: { ab } });
  const ref = { workspaceId: ctx.actor.workspaceId, runId };
  await expandRun(ctx, ref);
  const rows = () =>
    ctx.db
      .selectFrom('deliveries')
      .selectAll()
      .where('run_id', '=', runId)
      .where('variant', 'is not', null)
      .orderBy('id')
      .execute();
  return {
    ctx,
    connectionId,
    runId,
    ref,
    ab,
    rows,
    row: () => runRow(ctx, runId),
    read: async () => (await readAb(ctx, ref)) as AbRun,
    planned: async () => (await countStates(ctx, runId)).planned ?? 0,
    /** Whoever waits in the queue is sent it, now. */
    async send() {
      await ctx.db
        .updateTable('deliveries')
        .set({ state: 'sent', sent_at: ctx.clock.now() })
        .where('run_id', '=', runId)
        .where('state', '=', 'queued')
        .execute();
    },
  };
}
