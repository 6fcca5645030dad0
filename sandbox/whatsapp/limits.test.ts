// What the platform does not let a business do. No peer covers these: they stand on Meta's documents of 2026-11-20 alone.
import { afterEach, describe, expect, it } from 'vitest';
import { ERROR_TABLE } from './error-table.ts';
import { aWhatsApp, DANIEL, EMILY, ofTemplate, ofText, type WaFixture } from './whatsapp-fixture.ts';

let fixture: WaFixture;
afterEach(() => fixture.close());

let nowMs = 0;
async function start(number: Record<string, unknown> = {}) {
  nowMs = Date.UTC(2026, 10, 21, 12);
  fixture = await aWhatsApp({ now: () => nowMs, number: { limits: {}, ...number } });
}

const send = (body: Record<string, unknown>) => fixture.graph(`${fixture.number.id}/messages`, body);
const codeOf = async (body: Record<string, unknown>) => (await send(body)).body.error?.code;
const failed = async (count = 1) => {
  await fixture.until(({ value }) => value.statuses?.[0]?.status === 'failed', count);
  return fixture.statuses().find(({ status }) => status === 'failed')!.errors[0].code;
};

describe('the 24-hour window (no peer covers it)', () => {
  it('takes free text for 24 hours after the person wrote, and templates always', async () => {
    await start();
    await fixture.template('news');
    expect(await codeOf(ofText('hi', DANIEL))).toBe(131047);
    expect(await codeOf(ofTemplate('news', DANIEL))).toBeUndefined();
    await fixture.control('message', { person: DANIEL, text: 'hello' });
    nowMs += 86_400_000 - 1;
    expect(await codeOf(ofText('hi', DANIEL))).toBeUndefined();
    nowMs += 1;
    expect(await codeOf(ofText('hi again', DANIEL))).toBe(131047);
  });

  it('says 131047 by webhook when set so', async () => {
    await start({ limits: { window: 'async' } });
    expect(await codeOf(ofText('hi', DANIEL))).toBeUndefined();
    expect(await failed()).toBe(131047);
  });
});

describe('rates (no peer covers them)', () => {
  it('lets 80 messages a second through one number', async () => {
    await start({ limits: { pairEverySeconds: null } });
    const codes = await Promise.all(Array.from({ length: 100 }, (_, n) => codeOf(ofText(`n${n}`))));
    expect(codes.filter((code) => code === undefined)).toHaveLength(80);
    expect(codes.filter((code) => code === 130429)).toHaveLength(20);
    nowMs += 100;
    expect(await codeOf(ofText('later'))).toBeUndefined();
  });

  it('lends one person 45 messages and wants 6 seconds back for each', async () => {
    await start();
    const codes: (number | undefined)[] = [];
    for (let n = 0; n < 46; n += 1) codes.push(await codeOf(ofText(`n${n}`)));
    expect(codes.slice(0, 45).every((code) => code === undefined)).toBe(true);
    expect(codes[45]).toBe(131056);
    nowMs += 5_999;
    expect(await codeOf(ofText('too early'))).toBe(131056);
    nowMs += 1;
    expect(await codeOf(ofText('in time'))).toBeUndefined();
  });

  it('counts unique people a day outside the window, for the whole portfolio [U: 131048]', async () => {
    await start({ limits: { uniquePerDay: 2 } });
    await fixture.template('news');
    await fixture.control('people', [{ wa_id: '447700900113' }, { wa_id: '447700900114' }]);
    expect(await codeOf(ofTemplate('news', DANIEL))).toBeUndefined();
    expect(await codeOf(ofTemplate('news', '447700900113'))).toBeUndefined();
    expect(await codeOf(ofTemplate('news', DANIEL))).toBeUndefined();
    expect(await codeOf(ofTemplate('news', '447700900114'))).toBe(131048);
    // whoever wrote does not count
    expect(await codeOf(ofTemplate('news', EMILY))).toBeUndefined();
    nowMs += 86_400_000;
    expect(await codeOf(ofTemplate('news', '447700900114'))).toBeUndefined();
  });
});

describe('people who do not get a message (no peer covers them)', () => {
  it.each([
    ['is not on WhatsApp', { on_whatsapp: false }, undefined, 131026],
    ['is over the marketing cap', { capped: true }, undefined, 131049],
    ['stopped marketing', {}, 'stop_marketing', 131050],
    ['blocked the business', {}, 'block', 131026],
    ['reported the business', {}, 'report', 131026],
  ])('%s', async (_words, about, act, code) => {
    await start();
    await fixture.template('promo', { category: 'MARKETING' });
    await fixture.control('people', [{ wa_id: DANIEL, ...about }]);
    if (act) await fixture.control(act, { person: DANIEL });
    expect((await send(ofTemplate('promo', DANIEL))).status).toBe(200);
    expect(await failed()).toBe(code);
    expect((await fixture.control('stats')).failed_by_code).toEqual({ [code]: 1 });
  });

  it('delivers no marketing to US numbers, and to Canadian ones it does', async () => {
    await start();
    await fixture.template('promo', { category: 'MARKETING' });
    await fixture.template('receipt');
    await fixture.control('people', [{ wa_id: '16505551234' }, { wa_id: '14165551234' }]);
    await send(ofTemplate('promo', '16505551234'));
    expect(await failed()).toBe(131049);
    await send(ofTemplate('promo', '14165551234'));
    await send(ofTemplate('receipt', '16505551234'));
    await expect
      .poll(async () => (await fixture.control('stats')).by_status)
      .toMatchObject({ delivered: 2, failed: 1 });
  });

  it('caps marketing for one person a day, not in an open window', async () => {
    await start({ limits: { marketingPerDay: 1 } });
    await fixture.template('promo', { category: 'MARKETING' });
    await send(ofTemplate('promo', DANIEL));
    await send(ofTemplate('promo', EMILY));
    await send(ofTemplate('promo', EMILY));
    await expect.poll(async () => (await fixture.control('stats')).by_status.delivered).toBe(2);
  });
});

describe('refusals', () => {
  it('prepends the calling code of the business to a number without "+" (no peer covers it)', async () => {
    await start();
    await fixture.template('news');
    const inputs = ['4915112345678', '+49 151 12345678', '16505551234'];
    const waIds: string[] = [];
    for (const to of inputs) waIds.push((await send({ ...ofTemplate('news'), to })).body.contacts[0].wa_id);
    expect(waIds).toEqual(['14915112345678', '4915112345678', '16505551234']);
  });

  it.each([
    ['the number is not registered', { registered: false }, 133010],
    ['the account cannot pay', { payment_problem: true }, 131042],
    ['the account is restricted', { restricted: true }, 368],
    ['the number is restricted', { status: 'RESTRICTED' }, 131031],
  ])('%s', async (_words, change, code) => {
    await start();
    await fixture.control(`numbers/${fixture.number.id}`, change, 'PATCH');
    expect(await codeOf(ofText('hi'))).toBe(code);
    const health = await fixture.graph(`${fixture.number.id}?fields=health_status`);
    expect(health.body.health_status.can_send_message).toBe('BLOCKED');
  });

  it.each([
    [{ to: '+15550781000' }, 131021],
    [{ text: { body: 'x'.repeat(4097) } }, 131009],
    [{ text: {} }, 131008],
    [{ text: { body: 'x', colour: 'red' } }, 100],
    [{ type: 'poll' }, 131051],
    [{ biz_opaque_callback_data: 'x'.repeat(513) }, 131009],
    [{ messaging_product: 'sms' }, 100],
    [{ type: 'image', image: { id: '1' } }, 100],
    [{ type: 'image', image: { id: '1', link: 'http://localhost/a.jpg' } }, 100],
    [{ type: 'template', template: { name: 'gone', language: { code: 'en_US' } } }, 132001],
  ])('%j is refused with %i', async (change, code) => {
    await start();
    expect(await codeOf({ ...ofText('hi'), ...change })).toBe(code);
  });

  it('tells an unknown object, a foreign one and a wrong token apart as Graph does', async () => {
    await start();
    const other = await fixture.control('numbers', { token: 'another-token' });
    for (const id of ['123456', other.id]) {
      const { status, body } = await fixture.graph(`${id}/messages`, ofText('hi'));
      expect([status, body.error.code, body.error.error_subcode]).toEqual([400, 100, 33]);
    }
    const unversioned = await fetch(`${fixture.sandbox.url}/${fixture.number.id}/messages`, {
      method: 'POST',
    });
    expect(unversioned.status).toBe(404);
  });
});

describe('faults', () => {
  it('answers every row of the error table, at once or by webhook', async () => {
    await start({ limits: null });
    const codes = Object.keys(ERROR_TABLE).map(Number);
    for (const code of codes) {
      await fixture.control('faults', { kind: 'error', code, count: 1 });
      const { status, body } = await send(ofText(`sync ${code}`));
      expect([body.error.code, status]).toEqual([code, ERROR_TABLE[code]!.status]);
      expect(body.error.fbtrace_id).toMatch(/^A/);
    }
    for (const code of codes) await fixture.control('faults', { kind: 'error', code, async: true, count: 1 });
    const { faults } = await fixture.control('faults');
    // one message meets them all; the last one decides
    expect((await send(ofText('async'))).status).toBe(200);
    expect(faults).toHaveLength(codes.length);
    expect(await failed()).toBe(codes.at(-1));
  });

  it('accepts and drops the connection, hits every nth, one person, one template', async () => {
    await start({ limits: null });
    await fixture.control('faults', { kind: 'reset_after', person: EMILY, count: 1 });
    await expect(send(ofText('lost', EMILY))).rejects.toThrow();
    expect((await fixture.control('stats')).accepted).toBe(1);
    await fixture.control('faults', { kind: 'flood', every: 3 });
    const codes: (number | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) codes.push(await codeOf(ofText(`n${n}`)));
    expect(codes).toEqual([undefined, undefined, 130429, undefined, undefined, 130429]);
    await fixture.control('faults', undefined, 'DELETE');
    await fixture.control('faults', { kind: 'http_502', calls: ['media'] });
    expect(await codeOf(ofText('media is not met'))).toBeUndefined();
  });

  it('counts a repetition by its callback data and by its content', async () => {
    await start({ limits: null });
    await send({ ...ofText('a'), biz_opaque_callback_data: 'r1' });
    await send({ ...ofText('b'), biz_opaque_callback_data: 'r1' });
    await send(ofText('c'));
    await send(ofText('c'));
    await fixture.control('message', { person: EMILY, text: 'again please' });
    await send(ofText('c'));
    const stats = await fixture.control('stats');
    expect(stats).toMatchObject({ accepted: 5, sent_twice: 2, duplicates_total: 2 });
    expect(stats.duplicates.map(({ by, count }: { by: string; count: number }) => [by, count])).toEqual([
      ['data', 2],
      ['content', 3],
    ]);
  });
});
