// The segments of one person, over the API: the same people as each segment's own members.
import { beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import { newId, uuidOf } from '../platform/db/ids.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { changeMembers } from './change-members.ts';
import { listMembers } from './members.ts';
import { createSegment } from './save.ts';
import { segmentsOf } from './segments-of.ts';

let ctx: TestCtx;
beforeAll(async () => {
  ctx = await testCtx();
});

test('by rule, by hand and by the rule of another segment: whoever is among its members, and nobody else', async () => {
  const [ann, bob] = [await aContact(ctx), await aContact(ctx)];
  await ctx.db
    .updateTable('contacts')
    .set({ tags: ['vip'] })
    .where('id', '=', ann)
    .execute();
  const named = async (name: string, rule?: Rule) =>
    uuidOf('seg', (await createSegment(ctx, { name, rule })).id);
  const vips = await named('VIPs', { field: 'tag', op: 'any_of', values: ['vip'] });
  const rest = await named('Rest', { not: { field: 'segment', segment_id: toWireId('seg', vips) } });
  const list = await named('List');
  await changeMembers(ctx, list, { add: [toWireId('cnt', ann)], remove: [] });
  expect((await segmentsOf(ctx, ann)).map(({ name, kind }) => [name, kind])).toEqual([
    ['List', 'static'],
    ['VIPs', 'rule'],
  ]);
  expect((await segmentsOf(ctx, bob)).map(({ name }) => name)).toEqual(['Rest']);
  for (const segment of [vips, rest, list]) {
    const { data } = await listMembers(ctx, segment, { limit: 10 });
    const mine = await Promise.all(
      [ann, bob].map(async (one) =>
        (await segmentsOf(ctx, one)).some(({ id }) => id === toWireId('seg', segment)),
      ),
    );
    expect(mine).toEqual(
      [ann, bob].map((one) => data.some(({ contact_id }) => contact_id === toWireId('cnt', one))),
    );
  }
});

test('somebody who is not there, or belongs to another shop, is not found', async () => {
  const foreign = await aContact(inWorkspace(ctx, await aWorkspace(ctx)));
  for (const id of [newId(), foreign])
    await expect(segmentsOf(ctx, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
