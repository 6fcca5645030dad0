// A picture that is uploaded once: whoever comes after it goes at the connection's pace, not all at once when it has arrived. One by
// an address of each person's own: nobody is left without the message because of it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { storeMedia } from '../../media/store-media.ts';
import { aPicture } from '../../media/testing-picture.ts';
import { testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, testLanes, until } from '../../testing/engine.ts';
import { countStates } from '../runs/run.ts';

it('goes up once, and the messages that wait for it keep the pace', async () => {
  const { ctx, sandbox } = await aShopOn(await testCtx({ work: true }), 60);
  const media = await storeMedia(ctx, { fileName: 'a.png', bytes: await aPicture().png().toBuffer() });
  await sandbox.control('faults', { kind: 'latency', bot: sandbox.botId, ms: 2000, count: 1 });
  const lanes = testLanes(ctx, 20);
  const { runId } = await aRun(ctx, sandbox.connectionId, { text: 'Look', media: [{ media_id: media.id }] });
  await until('all are sent', async () => (await countStates(ctx, runId)).sent === 60);
  await lanes.stop();
  const { per_second } = await sandbox.control<{ per_second: { max: number } }>(
    `stats?bot=${sandbox.botId}&brief=1`,
  );
  // those that took their token before the upload began, and one second's worth
  expect(per_second.max).toBeLessThanOrEqual(20 + 6);
  expect(await sandbox.stats()).toMatchObject({ accepted: 60, duplicates_total: 0 });
});

it('of a variant goes to the variant’s own people, its album in one call each', async () => {
  const { ctx, sandbox } = await aShopOn(await testCtx({ work: true }), 20);
  const picture = async () => ({
    media_id: (await storeMedia(ctx, { fileName: 'a.png', bytes: await aPicture().png().toBuffer() })).id,
  });
  const own = { text: 'One', media: [await picture()] };
  const other = { text: 'Two', media: [await picture(), await picture()], buttons: [] };
  const variants = [{ key: 'b' as const, content: other }];
  const ab = { variants, test_percent: 100, winner: { by: 'hand' as const } };
  const { runId } = await aRun(ctx, sandbox.connectionId, { ...own, settings: { ab } });
  const lanes = testLanes(ctx, 100);
  await until('all are sent', async () => (await countStates(ctx, runId)).sent === 20);
  await lanes.stop();
  const { requests_by_method: calls } = await sandbox.control<{ requests_by_method: Record<string, number> }>(
    `stats?bot=${sandbox.botId}&brief=1`,
  );
  // chance decides who reads which: with 20 people it is neither nobody nor everybody
  const others = await ctx.db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('variant', '=', 1)
    .executeTakeFirstOrThrow();
  expect(others.n).toBeGreaterThan(0);
  expect([calls.sendPhoto, calls.sendMediaGroup]).toEqual([20 - others.n, others.n]);
  expect(await sandbox.stats()).toMatchObject({ accepted: 20 + others.n, duplicates_total: 0 });
});

it('of each person’s own is left out where there is none, where it is broken and where the platform refuses it', async () => {
  const { ctx, sandbox } = await aShopOn(await testCtx({ work: true }), 5);
  const png = await aPicture().png().toBuffer();
  const server = createServer((request, response) =>
    request.url === '/mug.png'
      ? response.writeHead(200, { 'content-type': 'image/png' }).end(png)
      : response.writeHead(200, { 'content-type': 'text/html' }).end(''),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  afterAll(() => server.close());
  const { workspaceId } = ctx.actor;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const photos = [
    `${origin}/mug.png`,
    '',
    'file:///etc/passwd',
    `${origin}/page`,
    'http://192.168.0.1/a.png',
  ];
  for (const [index, photo] of photos.entries())
    await sql`UPDATE contacts SET attributes = jsonb_build_object('photo', ${photo}::text)
      WHERE workspace_id = ${workspaceId} AND first_name = ${`P${100_000 + index}`}`.execute(ctx.db);
  const lanes = testLanes(ctx, 100);
  const { runId } = await aRun(ctx, sandbox.connectionId, {
    text: 'Look, {{ contact.first_name }}',
    media: [{ url: '{{ contact.attributes.photo }}' }],
  });
  await until('all are sent', async () => (await countStates(ctx, runId)).sent === 5);
  await lanes.stop();
  const { rows } = await sql<{ name: string; detail: string | null; picture: string | null }>`
    SELECT c.first_name AS name, d.detail, m.body->'image'->>'url' AS picture
    FROM deliveries d JOIN contacts c ON c.id = d.contact_id JOIN messages m ON m.delivery_id = d.id
    WHERE d.workspace_id = ${workspaceId} ORDER BY 1`.execute(ctx.db);
  expect(rows.map(({ picture }) => picture)).toEqual([photos[0], null, null, null, null]);
  expect(rows.map(({ detail }) => detail)).toEqual([
    null,
    null,
    expect.stringMatching(/^Sent without its picture\. .*does not begin with https/),
    expect.stringMatching(/^Sent without its picture\. The platform could not use it: .*web page content/),
    expect.stringMatching(/^Sent without its picture\. .*not on the public internet/),
  ]);
  const { requests_by_method: calls } = await sandbox.control<{ requests_by_method: Record<string, number> }>(
    `stats?bot=${sandbox.botId}&brief=1`,
  );
  expect([calls.sendPhoto, calls.sendMessage]).toEqual([2, 4]);
  expect(await sandbox.stats()).toMatchObject({ accepted: 5, duplicates_total: 0 });
});
