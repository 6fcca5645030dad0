// The figures of an A/B test: counted as they happen, equal to a recount of the rows, and "converted" means what the report means.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/db/ids.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { recordClick } from '../links/click.ts';
import { conversions, tallyOf } from '../reports/tallies.ts';
import { attributeOrders, markReplied } from '../sending/receipts.ts';
import type { VariantCounts } from './ab.ts';
import { countVariants } from './count-variants.ts';
import { holdoutReport } from './holdout-report.ts';
import { anAbRun, twoWordings } from './testing-ab.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});
const day = 86_400_000;
type Story = Awaited<ReturnType<typeof anAbRun>>;

async function order({ ctx }: Story, contactId: string, placedAt: Date): Promise<void> {
  const order = {
    workspace_id: ctx.actor.workspaceId,
    id: newId(),
    contact_id: contactId,
    status: 'paid',
    total: '10',
    placed_at: placedAt,
  };
  await ctx.db.insertInto('orders').values(order).execute();
  await attributeOrders(ctx, { workspaceId: order.workspace_id, orderIds: [order.id] });
}
const reply = ({ ctx, connectionId }: Story, contactId: string) =>
  markReplied(ctx, { contactId, connectionId, at: new Date(ctx.clock.now().getTime() + 1000) });

async function click({ ctx, ref }: Story, deliveryId: string): Promise<void> {
  const { workspaceId, runId } = ref;
  const link = {
    workspace_id: workspaceId,
    id: newId(),
    run_id: runId,
    url: 'https://shop.example',
    place: 'text',
  };
  await ctx.db
    .insertInto('links')
    .values({ ...link, position: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  const { id } = await ctx.db
    .selectFrom('links')
    .select('id')
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  await recordClick(ctx, { workspaceId, linkId: id, deliveryId, position: 0, url: link.url }, 'click');
}

async function recounted({ ctx, runId }: Story): Promise<VariantCounts[]> {
  const { rows } = await sql<VariantCounts>`
    SELECT count(d.id)::int AS people,
      count(*) FILTER (WHERE state IN ('queued', 'sending'))::int AS open,
      count(*) FILTER (WHERE state IN ('sent', 'delivered', 'read'))::int AS sent,
      count(*) FILTER (WHERE state = 'failed')::int AS failed,
      count(clicked_at)::int AS clicked, count(replied_at)::int AS replied, count(converted_at)::int AS converted
    FROM generate_series(0, 1) AS v (variant) LEFT JOIN deliveries d ON d.variant = v.variant AND d.run_id = ${runId}
    GROUP BY v.variant ORDER BY v.variant`.execute(ctx.db);
  return rows;
}

test('follow every way a row can go, and equal a recount; what people beyond the test do is not A’s', async () => {
  const story = await anAbRun(base, 60, twoWordings());
  const { ctx, runId } = story;
  const agree = async () => {
    const counts = await countVariants(ctx, await story.read());
    expect(counts).toEqual(await recounted(story));
    return counts;
  };
  expect((await agree()).map(({ sent }) => sent)).toEqual([0, 0]);
  await story.send();
  const rows = await story.rows();
  const states = [
    'sent',
    'sent',
    'sent',
    'delivered',
    'read',
    'failed',
    'unknown',
    'skipped',
    'queued',
    'sending',
  ];
  for (const [index, { id }] of rows.entries())
    await ctx.db
      .updateTable('deliveries')
      .set({ state: states[index % states.length] as string })
      .where('id', '=', id)
      .execute();
  for (const row of rows.slice(0, 12)) await reply(story, row.contact_id);
  for (const row of rows.slice(3, 16)) for (const _ of [1, 2]) await click(story, row.id);
  for (const row of rows.slice(5, 9)) await order(story, row.contact_id, ctx.clock.now());
  await ctx.db
    .deleteFrom('deliveries')
    .where('id', '=', rows.at(-1)?.id as string)
    .execute();
  const before = await agree();
  expect(before.reduce((sum, { clicked }) => sum + clicked, 0)).toBe(13);
  // the others get the winner, and do the same
  await ctx.db
    .updateTable('deliveries')
    .set({ state: 'sent', sent_at: ctx.clock.now() })
    .where('run_id', '=', runId)
    .where('variant', 'is', null)
    .execute();
  const others = ctx.db
    .selectFrom('deliveries')
    .selectAll()
    .where('run_id', '=', runId)
    .where('variant', 'is', null);
  for (const row of await others.limit(5).execute()) {
    await reply(story, row.contact_id);
    await click(story, row.id);
    await order(story, row.contact_id, ctx.clock.now());
  }
  expect(await agree()).toEqual(before);
  expect((await tallyOf(ctx, runId)).clicked).toBe(18);
});

test('"converted" is one thing: an order on the second day counts and one on the 38th does not, wherever it is told', async () => {
  const story = await anAbRun(base, 12, { ...twoWordings(), test_percent: 100 });
  const { ctx, runId } = story;
  await story.send();
  const [early, late] = await story.rows();
  const { created_at, campaign_id } = await story.row();
  const after = (days: number) => new Date(created_at.getTime() + days * day);
  await order(story, early?.contact_id as string, after(2));
  await order(story, late?.contact_id as string, after(38));
  const converted = (await countVariants(ctx, await story.read())).reduce(
    (sum, one) => sum + one.converted,
    0,
  );
  const report = await conversions(ctx, [runId], (await tallyOf(ctx, runId)).converted ?? 0);
  const held = await holdoutReport(
    ctx,
    { id: runId, campaign_id, settings: { holdout_percent: 5 }, created_at },
    12,
  );
  expect([converted, report.converted, held?.sent_converted]).toEqual([1, 1, 1]);
  expect(held?.days).toBe(7);
});
