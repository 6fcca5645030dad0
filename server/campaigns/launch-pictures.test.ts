// At one hour: campaigns whose pictures lie on a server that does not answer, and those of other shops that must not wait for it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import { settableClock } from '../platform/clock.ts';
import { until } from '../testing/engine.ts';
import { launchDue, launchOne } from './schedules/launch-due.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

const clock = settableClock(new Date());
let house: House;
let origin: string;
let png: Buffer;
/** Whoever asks for /slow waits here. */
const waiting: ServerResponse[] = [];
let isSlow = false;
beforeAll(async () => {
  house = await aHouse({ clock });
  png = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#5243c7' } })
    .png()
    .toBuffer();
  const server = createServer((request, response) => {
    if (request.url === '/slow' && isSlow) waiting.push(response);
    else response.writeHead(200).end(png);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => server.close());
});

/** Scheduled in an hour, and held rather than sent when that hour was missed. */
async function scheduled(shop: Shop, picture?: string): Promise<string> {
  const local = new Date(clock.now().getTime() + 3_600_000).toISOString().slice(0, 16);
  const { id } = await shop.draft({
    schedule: { mode: 'at', local, time_zone: 'UTC' },
    settings: { missed: { mode: 'hold' } },
    ...(picture ? { content: { text: 'Look', media: [{ url: `${origin}${picture}` }] } } : {}),
  });
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  return id;
}
const statusOf = async (shop: Shop, id: string) => (await shop.read(id)).status;

test('a server that does not answer delays no other campaign, and its own are not taken for missed', async () => {
  const [slow, plain, quick] = [await house.shop(1), await house.shop(1), await house.shop(1)];
  const slowOnes: string[] = [];
  for (let i = 0; i < 4; i++) slowOnes.push(await scheduled(slow, '/slow'));
  const [words, picture] = [await scheduled(plain), await scheduled(quick, '/quick')];
  isSlow = true;
  clock.set(new Date(clock.now().getTime() + 3_601_000));
  await launchDue(house.base);
  await until('the slow server is asked', async () => waiting.length > 0);
  await until('the others are sent', async () => {
    const seen = [await statusOf(plain, words), await statusOf(quick, picture)];
    return seen.every((status) => status === 'sending');
  });
  expect(await Promise.all(slowOnes.map((id) => statusOf(slow, id)))).toEqual(Array(4).fill('scheduled'));
  // longer than what still counts as on time
  clock.set(new Date(clock.now().getTime() + 8 * 60_000));
  isSlow = false;
  for (const response of waiting) response.writeHead(200).end(png);
  for (const id of slowOnes)
    await until('it is sent too', async () => (await statusOf(slow, id)) === 'sending');
  const runs = await house.base.db
    .selectFrom('runs')
    .select('campaign_id')
    .where('campaign_id', 'in', slowOnes.map((id) => fromWireId('cmp', id) as string)) // biome-ignore format: one query
    .execute();
  expect(runs).toHaveLength(4);
});

test('a job that waited while Carillon was away says nothing about how late it is', async () => {
  const shop = await house.shop(1);
  const id = await scheduled(shop, '/quick');
  const lookedAt = new Date(clock.now().getTime() + 3_601_000);
  clock.set(new Date(lookedAt.getTime() + 3 * 3_600_000));
  await launchOne(house.base, {
    workspaceId: shop.ctx.actor.workspaceId,
    campaignId: fromWireId('cmp', id) as string,
    lookedAt: lookedAt.toISOString(),
  });
  const campaign = await shop.read(id);
  expect(campaign).toMatchObject({ status: 'paused', launched_at: null });
  expect(campaign.status_reason).toMatch(/3 h/);
});
