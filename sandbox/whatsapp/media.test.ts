// Media and subscriptions by the clock and by their rules. The spans and the table of types stand on Meta's documents of
// 2026-11-20 alone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWhatsApp, EMILY, type Loose, ofText, type WaFixture } from './whatsapp-fixture.ts';

let fixture: WaFixture;
let nowMs = Date.UTC(2026, 10, 21, 12);
beforeEach(async () => {
  fixture = await aWhatsApp({ now: () => nowMs });
});
afterEach(() => fixture.close());

const DAY_MS = 86_400_000;

async function upload(mime: string, bytes = Buffer.from('bytes')): Promise<{ status: number; body: Loose }> {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('file', new Blob([new Uint8Array(bytes)], { type: mime }), 'file');
  const response = await fetch(`${fixture.sandbox.url}/v25.0/${fixture.number.id}/media`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${fixture.number.token}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Loose };
}

const download = (url: string, token = fixture.number.token) =>
  fetch(url, { headers: { Authorization: `Bearer ${token}` } });

describe('media (no peer covers the spans)', () => {
  it('keeps an upload for 30 days, what a person sent for 7, an address for 5 minutes', async () => {
    const { id } = (await upload('image/jpeg')).body;
    const { message } = await fixture.control('message', { person: EMILY, image: {} });
    const { url } = (await fixture.graph(id)).body;
    expect((await download(url)).status).toBe(200);
    expect((await download(url, 'EAAwrong')).status).toBe(401);
    nowMs += 5 * 60_000;
    expect((await download(url)).status).toBe(404);
    nowMs += 7 * DAY_MS;
    expect((await fixture.graph(message.content.id)).body.error.error_subcode).toBe(33);
    expect((await fixture.graph(id)).status).toBe(200);
    nowMs += 23 * DAY_MS;
    expect((await fixture.graph(id)).body.error.error_subcode).toBe(33);
    const late = { ...ofText('x'), type: 'image', image: { id } };
    expect((await fixture.graph(`${fixture.number.id}/messages`, late)).body.error.code).toBe(100);
  });

  it('refuses types and sizes that no message can carry, and the wrong kind of a file', async () => {
    expect((await upload('image/gif')).body.error.code).toBe(100);
    expect((await upload('image/png', Buffer.alloc(5 * 1024 * 1024 + 1))).body.error.code).toBe(131053);
    expect((await upload('image/webp', Buffer.alloc(500 * 1024 + 1))).body.error.code).toBe(131053);
    const { id } = (await upload('application/pdf')).body;
    const as = async (type: string) =>
      (await fixture.graph(`${fixture.number.id}/messages`, { ...ofText('x'), type, [type]: { id } })).body
        .error?.code;
    expect(await as('image')).toBe(131053);
    expect(await as('document')).toBeUndefined();
  });

  it('fetches a file by its address, and fails the message by webhook when it cannot', async () => {
    const shop = createServer((request, response) => {
      response.setHeader('Content-Type', request.url?.startsWith('/a.jpg') ? 'image/jpeg' : 'text/html');
      response.end('bytes');
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    const links = [`${origin}/a.jpg`, `${origin}/page`, 'https://cdn.example/a.jpg'];
    for (const link of links)
      expect(
        (
          await fixture.graph(`${fixture.number.id}/messages`, {
            ...ofText('x'),
            type: 'image',
            image: { link },
          })
        ).status,
      ).toBe(200);
    await expect
      .poll(async () => (await fixture.control('stats')).by_status)
      .toMatchObject({ delivered: 1, failed: 2 });
    expect((await fixture.control('stats')).failed_by_code).toEqual({ 131053: 2 });
    await new Promise((resolve) => shop.close(resolve));
  });
});

describe('subscriptions', () => {
  it('shakes hands with an overriding callback before it takes it', async () => {
    const asked: string[] = [];
    const hook = createServer((request, response) => {
      const query = new URL(request.url ?? '/', 'http://hook').searchParams;
      asked.push(`${query.get('hub.mode')} ${query.get('hub.verify_token')}`);
      const isRight = query.get('hub.verify_token') === 'right';
      response.writeHead(isRight ? 200 : 403);
      response.end(isRight ? query.get('hub.challenge') : 'no');
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const override_callback_uri = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hooks/x`;
    const subscribe = (verify_token: string) =>
      fixture.graph(`${fixture.number.waba}/subscribed_apps`, { override_callback_uri, verify_token });
    const refused = await subscribe('wrong');
    expect([refused.status, refused.body.error.code]).toEqual([400, 2200]);
    expect((await subscribe('right')).body).toEqual({ success: true });
    expect(asked).toEqual(['subscribe wrong', 'subscribe right']);
    const listed = await fixture.graph(`${fixture.number.waba}/subscribed_apps`);
    expect(listed.body.data[0]).toMatchObject({ override_callback_uri });
    await new Promise((resolve) => hook.close(resolve));
  });

  it('tells of restrictions, tiers and quality as they change', async () => {
    const change = (given: object) => fixture.control(`numbers/${fixture.number.id}`, given, 'PATCH');
    await change({ quality_rating: 'RED' });
    await change({ messaging_limit: 'TIER_UNLIMITED', throughput: 'HIGH' });
    await change({ restricted: true });
    await fixture.until(() => true, 5);
    expect(fixture.hooks.map(({ field, value }) => [field, value.event]).sort()).toEqual([
      ['account_update', 'ACCOUNT_RESTRICTION'],
      ['business_capability_update', undefined],
      ['phone_number_quality_update', 'FLAGGED'],
      ['phone_number_quality_update', 'THROUGHPUT_UPGRADE'],
      ['phone_number_quality_update', 'UPGRADE'],
    ]);
    const { body } = await fixture.graph(
      `${fixture.number.id}?fields=quality_rating,throughput,whatsapp_business_manager_messaging_limit`,
    );
    expect(body).toEqual({
      id: fixture.number.id,
      quality_rating: 'RED',
      throughput: { level: 'HIGH' },
      whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED',
    });
  });
});
