// Broadcast lists as a shop owner means them: 512 people are two lists of 256 with a pause between, at 50 a minute. The clock of the
// node runs sixty times as fast; node, jobs, lanes, webhooks and the emulator are real.
import { beforeAll, expect, test } from 'vitest';
import type { Batches } from '../contract/batches.ts';
import type { Report } from '../contract/campaigns.ts';
import type { Page } from '../contract/lists.ts';
import { hurriedClock } from '../server/platform/clock.ts';
import { until } from '../server/testing/engine.ts';
import { aWhatsAppHouse, springSale, type WhatsAppHouse } from '../server/testing/whatsapp-house.ts';

const people = 512;
const perMinute = 50;
const pauseSeconds = 2;

let house: WhatsAppHouse;
beforeAll(async () => {
  house = await aWhatsAppHouse({
    people,
    clock: hurriedClock(new Date(), 60),
    ladder: { read_share: 0.5, failed_share: 0.02 },
  });
});

test('512 people: two lists of 256, the pause between, 50 a minute, and every figure is the emulator’s own', async () => {
  const { call, connection, stats } = house;
  const campaign = await call<{ id: string }>('POST', '/campaigns', {
    name: 'Spring sale',
    connection_id: connection,
    content: springSale,
    settings: { messages_per_minute: perMinute, batch: { size: 256, delay_seconds: pauseSeconds } },
  });
  await call('POST', `/campaigns/${campaign.id}/launch`);
  const report = () => call<Report>('GET', `/campaigns/${campaign.id}/report`);
  await until(
    'everybody was sent it',
    async () => (await report()).queued + (await report()).sending === 0,
    120_000,
  );
  await until(
    'every status was told and worked in',
    async () => {
      const { by_status, webhooks } = await stats();
      const { delivered, read, failed } = await report();
      const told =
        by_status.delivered === delivered && by_status.read === read && by_status.failed === failed;
      return told && webhooks.pending === 0 && (delivered ?? 0) + failed === people;
    },
    30_000,
  );
  const [figures, counted] = [await report(), await stats()];
  expect(counted).toMatchObject({ accepted: people, sent_twice: 0 });
  expect({
    sent: figures.sent,
    delivered: figures.delivered,
    read: figures.read,
    failed: figures.failed,
    unknown: figures.unknown,
  }).toEqual({
    sent: people - (counted.by_status.failed ?? 0),
    delivered: counted.by_status.delivered,
    read: counted.by_status.read,
    failed: counted.by_status.failed ?? 0,
    unknown: 0,
  });
  const lists = await call<Batches>('GET', `/campaigns/${campaign.id}/batches`);
  expect(
    lists.data.map(({ number, first, last, state, people }) => [number, first, last, state, people]),
  ).toEqual([
    [1, 1, 256, 'done', 256],
    [2, 257, 512, 'done', 256],
  ]);
  const sum = (of: (list: Batches['data'][number]) => number | null) =>
    lists.data.reduce((all, list) => all + (of(list) ?? 0), 0);
  expect([sum((one) => one.sent), sum((one) => one.read), sum((one) => one.failed)]).toEqual([
    figures.sent,
    figures.read,
    figures.failed,
  ]);
  const times = await sentAt(campaign.id);
  // never more than 50 in any minute, by the node's own clock; the answer of one may be written 40 ms of the system's time later
  const slackMs = 60 * 100;
  for (let at = perMinute; at < times.length; at++)
    expect((times[at] as number) - (times[at - perMinute] as number)).toBeGreaterThan(60_000 - slackMs);
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(Math.max(...gaps)).toBeGreaterThanOrEqual(pauseSeconds * 1000);
});

async function sentAt(campaignId: string): Promise<number[]> {
  const times: number[] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page: Page<{ sent_at: string | null }> = await house.call(
      'GET',
      `/campaigns/${campaignId}/deliveries?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    times.push(...page.data.flatMap(({ sent_at }) => (sent_at ? [Date.parse(sent_at)] : [])));
    cursor = page.next_cursor;
  }
  return times.sort((a, b) => a - b);
}
