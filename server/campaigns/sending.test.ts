// While a campaign is sent: the figures add up whenever one looks, and the send log and its CSV tell the same story.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../contract/campaigns.ts';
import { fromWireId } from '../../contract/ids.ts';
import { setReachability } from '../contacts/identity.ts';
import { withoutGuard } from '../contacts/import/values.ts';
import { aContact } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
beforeAll(async () => {
  house = await aHouse();
});
const total = (report: Report) =>
  report.queued +
  report.sending +
  report.sent +
  report.failed +
  report.skipped +
  report.unknown +
  report.cancelled;

test('planned = queued + sending + sent + failed + skipped + unknown + cancelled at every moment, through pause, trouble, resume and cancel', async () => {
  const shop = await house.shop(120);
  for (let i = 0; i < 5; i++) await aContact(shop.ctx);
  await shop.sandbox.control('state', { bot: shop.sandbox.botId, user: 100_003, state: 'blocked' });
  await shop.sandbox.control('faults', { kind: 'reset_after', bot: shop.sandbox.botId, count: 2 });
  await shop.sandbox.control('faults', { kind: 'http_502', bot: shop.sandbox.botId, count: 5 });
  const { id } = await shop.draft();
  const lanes = testLanes(shop.ctx, 80);
  await shop.call('POST', `/campaigns/${id}/launch`);
  const samples: Report[] = [];
  let watching = true;
  const watch = (async () => {
    while (watching) samples.push(await shop.report(id));
  })();
  const sent = (n: number) => until(`${n} are sent`, async () => (await shop.report(id)).sent >= n);
  await sent(20);
  await shop.call('POST', `/campaigns/${id}/pause`);
  await until('nothing is under way', async () => (await shop.report(id)).sending === 0);
  await shop.call('POST', `/campaigns/${id}/resume`);
  await sent(50);
  await shop.call('POST', `/campaigns/${id}/cancel`);
  await shop.settled(id);
  watching = false;
  await watch;
  await lanes.stop();
  expect(samples.length).toBeGreaterThan(3);
  for (const sample of samples) expect(total(sample), JSON.stringify(sample)).toBe(sample.planned);
  expect(new Set(samples.map(({ planned }) => planned))).toEqual(new Set([125]));
  const numbers = samples.map(({ sent }) => sent);
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
  const last = await shop.report(id);
  expect(last).toMatchObject({
    planned: 125,
    queued: 0,
    sending: 0,
    skipped: 5,
    rate_per_second: 0,
    finish_at: null,
    finished_at: expect.any(String),
  });
  const { accepted, duplicates_total } = await shop.sandbox.stats();
  expect(duplicates_total).toBe(0);
  expect(accepted).toBe(last.sent + last.unknown);
});

test('a finished campaign tells what failed and why, and retrying reaches those alone', async () => {
  const shop = await house.shop(5);
  const state = (user: number, state: string) =>
    shop.sandbox.control('state', { bot: shop.sandbox.botId, user, state });
  await state(100_001, 'blocked');
  await state(100_002, 'deactivated');
  const { id } = await shop.draft();
  const lanes = testLanes(shop.ctx, 500);
  await shop.call('POST', `/campaigns/${id}/launch`);
  await shop.settled(id);
  expect(await shop.report(id)).toMatchObject({
    sent: 3,
    failed: 2,
    failures: expect.arrayContaining([
      {
        reason: 'Blocked contact',
        code: 'blocked',
        count: 1,
        group: 'blocked_contact',
        group_words: 'Blocked contact',
      },
    ]),
    // the deleted account would only fail again
    retryable: 1,
  });
  await state(100_001, 'open');
  await setReachability(shop.ctx, shop.sandbox.connectionId, ['100001'], { reachable: true, reason: null });
  expect((await shop.call('POST', `/campaigns/${id}/retry_failed`)).json()).toMatchObject({
    status: 'sending',
    finished_at: null,
  });
  await shop.settled(id);
  await lanes.stop();
  expect(await shop.report(id)).toMatchObject({ planned: 5, sent: 4, failed: 1 });
  expect(await shop.sandbox.stats()).toMatchObject({ accepted: 4, duplicates_total: 0 });
});

describe('the send log', () => {
  const nasty = [
    '=HYPERLINK("http://evil","x")',
    '+1+1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    'Ann "the" O’Brien, Jr.',
    '李小龍 🎉',
    'line\nbreak',
    "'quoted",
    '<script>',
  ];
  let shop: Shop;
  let id: string;
  let runId: string;
  beforeAll(async () => {
    shop = await house.shop();
    const { connectionId } = shop.sandbox;
    for (const [i, firstName] of nasty.entries())
      await aContact(shop.ctx, { firstName, connectionId, address: String(7000 + i) });
    for (let i = 0; i < 1000; i++)
      await aContact(shop.ctx, {
        firstName: `Person ${i}`,
        connectionId,
        address: String(100_000 + i),
        reachable: i >= 10,
      });
    ({ id } = await shop.draft());
    runId = fromWireId('run', (await shop.call('POST', `/campaigns/${id}/launch`)).json().run_id)!;
    await until(
      'everybody is written',
      async () =>
        (
          await shop.ctx.db
            .selectFrom('runs')
            .select('expanded_at')
            .where('id', '=', runId)
            .executeTakeFirstOrThrow()
        ).expanded_at !== null,
    );
    await shop.call('POST', `/campaigns/${id}/pause`);
    await shop.ctx.db
      .updateTable('deliveries')
      .set({ state: 'read', sent_at: new Date() })
      .where('run_id', '=', runId)
      .where('address', '=', '7006')
      .execute();
  });

  const csv = async (query = '') => {
    const answer = await shop.call('GET', `/campaigns/${id}/deliveries.csv${query}`);
    expect(answer.statusCode).toBe(200);
    return { headers: answer.headers, text: answer.body, rows: parse(answer.body.replace(/^\ufeff/, '')) };
  };

  test('is exported whole as a file that spreadsheets read, one line per recipient', async () => {
    const { headers, text, rows } = await csv();
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="send-log-\d+\.csv"$/);
    expect(text.startsWith('\ufeffdelivery_id,contact_id,name,address,state,reason,')).toBe(true);
    expect(rows).toHaveLength(1 + 1010);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([14]));
    expect(new Set(rows.slice(1).map(([delivery]) => delivery)).size).toBe(1010);
  });

  test('keeps every name, and none of them is a formula', async () => {
    const { rows } = await csv();
    const names = rows.slice(1).map((row) => row[2]!);
    for (const name of names) expect(name).not.toMatch(/^[=+\-@\t\r]/);
    for (const name of nasty)
      expect(
        names.some((cell) => [name, name.trim()].includes(withoutGuard(cell))),
        name,
      ).toBe(true);
    expect(names).toContain('李小龍 🎉');
  });

  test('is filtered by state and search as the list is', async () => {
    expect((await csv('?state=skipped')).rows).toHaveLength(11);
    expect((await csv('?state=sent')).rows).toHaveLength(2);
    expect((await csv('?state=sent,skipped')).rows).toHaveLength(12);
    expect((await csv('?search=Person%2099')).rows).toHaveLength(12);
    expect((await csv('?search=100999')).rows).toHaveLength(2);
    expect((await csv('?search=%25')).rows).toHaveLength(1);
    for (const query of ['state=skipped', 'state=sent', 'search=Person+99', 'search=nothing&state=failed'])
      expect(
        (await shop.call('GET', `/campaigns/${id}/deliveries?limit=200&${query}`)).json().data,
      ).toHaveLength((await csv(`?${query}`)).rows.length - 1);
    expect(codeOf(await shop.call('GET', `/campaigns/${id}/deliveries.csv?state=nonsense`))).toBe(
      '422 VALIDATION_FAILED',
    );
  });

  test('says in words why somebody was left out', async () => {
    const { rows } = await csv('?state=skipped');
    for (const row of rows.slice(1)) expect(`${row[4]}: ${row[5]}`).toMatch(/^skipped: Blocked/);
  });
});

/** RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1);
}
