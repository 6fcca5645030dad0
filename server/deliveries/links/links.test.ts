// Tracked links: codes that cannot be made up, addresses that lead where they always led, and sums that equal a recount.
import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { channel } from '../../../contract/connections.ts';
import { content } from '../../../contract/message.ts';
import { createApp } from '../../app.ts';
import { newId } from '../../platform/db/ids.ts';
import { compileMessage } from '../../templates/compile.ts';
import { renderTelegramHtml } from '../../templates/telegram-html.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, testLanes, until } from '../../testing/engine.ts';
import { forgetOldClicks } from './click.ts';
import { linkCode, readLinkCode } from './code.ts';
import { linkFigures } from './link-figures.ts';
import { linksOf } from './run-links.ts';
import { withTrackedLinks } from './substitute.ts';
import { isPerson } from './visitor.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const phone =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

describe('a code', () => {
  it('reads back to its link and delivery, and stays short', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 }), fc.uuid(), (linkNumber, deliveryId) => {
        const code = linkCode(key, { linkNumber, deliveryId });
        expect(readLinkCode(key, code)).toEqual({ linkNumber, deliveryId });
      }),
    );
    expect(linkCode(key, { linkNumber: 1_000_000, deliveryId: newId() })).toHaveLength(36);
  });

  it('is worth nothing with any one character changed, cut, added, or with another key', () => {
    const code = linkCode(key, { linkNumber: 300, deliveryId: newId() });
    for (let at = 0; at < code.length; at++)
      for (const char of 'Aaz9-_') {
        if (code[at] === char) continue;
        expect(readLinkCode(key, code.slice(0, at) + char + code.slice(at + 1))).toBeNull();
      }
    for (const other of [
      code.slice(1),
      code.slice(0, -1),
      `${code}A`,
      `A${code}`,
      '',
      'https://evil.example',
    ])
      expect(readLinkCode(key, other)).toBeNull();
    expect(readLinkCode(createSecretKey(Buffer.alloc(32, 8)), code)).toBeNull();
  });
});

it('tracks each address that is the same for everybody, once, in the order of reading', () => {
  const found = linksOf(
    [
      content.parse({
        text: 'See *[the shop](https://shop.example/?a=1&b=2)* or [yours](https://shop.example/?u={{ contact.email }}) or [us](tg://resolve?domain=x)',
        buttons: [
          { text: 'Shop', url: 'https://shop.example/?a=1&b=2' },
          { text: 'Sale', url: 'http://shop.example/sale' },
          { text: 'Cart', url: '{{ contact.attributes.cart_url }}' },
        ],
      }),
    ],
    'telegram',
  );
  expect(found).toEqual([
    { url: 'https://shop.example/?a=1&b=2', place: 'Link “the shop”' },
    { url: 'http://shop.example/sale', place: 'Button “Sale”' },
  ]);
  const many = content.parse({
    text: Array.from({ length: 70 }, (_, n) => `[l](https://x.example/${n})`).join('\n'),
  });
  expect(linksOf([many], 'telegram')).toHaveLength(63);
});

it('puts tracked addresses into links and buttons only, and leaves the message itself alone', () => {
  const url = 'https://shop.example/?a=1&b="2"';
  const spans = [
    { kind: 'text' as const, text: `<a href="${url}"> ${url} ` },
    { kind: 'link' as const, url, children: [{ kind: 'text' as const, text: url }] },
  ];
  const message = {
    markup: renderTelegramHtml(spans),
    plain: 'x',
    spans,
    length: 1,
    limit: 4096,
    image: null,
    buttons: [
      { text: 'Shop', url },
      { text: 'Yours', url: 'https://shop.example/me' },
    ],
  };
  const before = structuredClone(message);
  const deliveryId = newId();
  const sent = withTrackedLinks(
    message,
    'telegram',
    { base: 'https://c.example', numbers: new Map([[url, 5]]) },
    key,
    deliveryId,
  );
  const short = `https://c.example/l/${linkCode(key, { linkNumber: 5, deliveryId })}`;
  expect(sent.markup).toBe(
    before.markup.replace(/(?<=[^;]) ?<a href="[^"]*">/, (whole) => whole.replace(/"[^"]*"/, `"${short}"`)),
  );
  expect(sent.markup.match(/\/l\//g)).toHaveLength(1);
  expect(sent.buttons).toEqual([
    { text: 'Shop', url: short },
    { text: 'Yours', url: 'https://shop.example/me' },
  ]);
  expect(message).toEqual(before);
});

it.each(channel.options)('tracks on %s what its renderer writes, within what it takes', (on) => {
  const url = 'https://shop.example/sale?x=1&y=2';
  const given = content.parse({ text: `*Now: [the &quot; sale](${url})* and ${url}` });
  const message = compileMessage(given, on).render({} as never);
  const deliveryId = newId();
  const short = `https://c.example/l/${linkCode(key, { linkNumber: 5, deliveryId })}`;
  const numbers = new Map(linksOf([given], 'telegram').map((link) => [link.url, 5]));
  const sent = withTrackedLinks(message, on, { base: 'https://c.example', numbers }, key, deliveryId);
  const same = compileMessage(content.parse({ text: given.text.replace(url, short) }), on).render(
    {} as never,
  );
  expect(sent.markup).toBe(same.markup);
  expect(sent.markup.split(short)).toHaveLength(2);
  expect(sent.spans).toEqual(same.spans);
  expect(sent.plain).toBe(message.plain);
});

it('leaves a text uncounted that tracked addresses would make too long', () => {
  // the addresses are part of the text on WhatsApp
  const line = (n: number) => `[l](https://x.example/${n})`;
  const text = Array.from({ length: 40 }, (_, n) => line(n)).join('\n');
  const given = content.parse({ text, buttons: [{ text: 'Shop', url: 'https://x.example/0' }] });
  const message = compileMessage(given, 'whatsapp').render({} as never);
  const numbers = new Map(linksOf([given], 'telegram').map(({ url }, n) => [url, n + 1]));
  const base = `https://${'c'.repeat(60)}.example`;
  const sent = withTrackedLinks(message, 'whatsapp', { base, numbers }, key, newId());
  expect([sent.markup, sent.spans]).toEqual([message.markup, message.spans]);
  expect(sent.buttons[0]?.url).toMatch(/\/l\//);
});

it('knows people from programs', () => {
  expect(isPerson('GET', { 'user-agent': phone })).toBe(true);
  expect(isPerson('HEAD', { 'user-agent': phone })).toBe(false);
  for (const agent of [
    undefined,
    '',
    'TelegramBot (like TwitterBot)',
    'WhatsApp/2.24.1 A',
    'curl/8.5.0',
    'Googlebot/2.1',
  ])
    expect(isPerson('GET', { 'user-agent': agent }), agent).toBe(false);
  for (const header of [
    { 'sec-purpose': 'prefetch;prerender' },
    { purpose: 'prefetch' },
    { 'x-moz': 'prefetch' },
  ])
    expect(isPerson('GET', { 'user-agent': phone, ...header })).toBe(false);
});

describe('over the wire', () => {
  let base: TestCtx;
  let app: FastifyInstance;
  beforeAll(async () => {
    base = await testCtx({ work: true });
    app = await createApp(base, { version: 'test', ready: () => true });
    await app.ready();
    return () => app.close();
  });

  const open = (
    url: string,
    headers: Record<string, string> = { 'user-agent': phone },
    method: 'GET' | 'HEAD' = 'GET',
  ) => app.inject({ method, url: new URL(url).pathname, headers });

  async function aSentRun(
    people: number,
    publicUrl: string | null = 'https://carillon.example',
    text = 'Hi {{ contact.first_name }}, see [the sale](https://shop.example/sale?x=1&y=2) or [the map](https://shop.example/map)',
  ) {
    const { ctx, sandbox } = await aShopOn(base, people);
    ctx.config.publicUrl = publicUrl;
    const lanes = testLanes(ctx, 1000);
    const run = await aRun(ctx, sandbox.connectionId, { text });
    await until('all have it', async () => (await sandbox.stats()).accepted === people);
    await lanes.stop();
    const { chats } = await sandbox.control<{
      chats: { messages: { entities?: { url?: string }[] }[] }[];
    }>(`chats?bot=${sandbox.botId}&limit=100`);
    const urls = chats.map((chat) => (chat.messages.at(-1)?.entities ?? []).flatMap(({ url }) => url ?? []));
    return { ctx, run, urls };
  }

  it('leads everybody to the original address, counts people, clicks and previews, and equals a recount', async () => {
    const { ctx, run, urls } = await aSentRun(6);
    expect(new Set(urls.flat()).size).toBe(12);
    const thread = await ctx.db
      .selectFrom('messages')
      .select('body')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(JSON.stringify(thread)).not.toContain('/l/');
    expect(JSON.stringify(thread)).toContain('https://shop.example/map');

    const first = await open(urls[0]![0]!);
    expect(first.statusCode).toBe(302);
    expect(first.headers.location).toBe('https://shop.example/sale?x=1&y=2');
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    // all at once: who is the first must not be counted twice
    await Promise.all([
      ...Array.from({ length: 5 }, () => open(urls[1]![0]!)),
      ...Array.from({ length: 3 }, () => open(urls[1]![1]!)),
      open(urls[2]![0]!),
      open(urls[2]![0]!, { 'user-agent': 'TelegramBot (like TwitterBot)' }),
      open(urls[3]![0]!, { 'user-agent': 'TelegramBot (like TwitterBot)' }),
      open(urls[3]![1]!, { 'user-agent': phone }, 'HEAD'),
    ]);
    const figures = await linkFigures(ctx, { ids: [run.runId], tracks: true });
    expect(figures).toMatchObject({
      untracked: null,
      data: [
        {
          url: 'https://shop.example/sale?x=1&y=2',
          place: 'Link “the sale”',
          people: 3,
          clicks: 7,
          previews: 2,
        },
        { url: 'https://shop.example/map', people: 1, clicks: 3, previews: 1 },
      ],
    });
    await recountAgrees(ctx, run.runId);
    const marked = await ctx.db
      .selectFrom('deliveries')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('run_id', '=', run.runId)
      .where('clicked_at', 'is not', null)
      .executeTakeFirstOrThrow();
    expect(Number(marked.n)).toBe(3);
  });

  it('never counts one delivery more than a hundred times, and still leads on', async () => {
    const { ctx, run, urls } = await aSentRun(1);
    for (let n = 0; n < 105; n++) expect((await open(urls[0]![0]!)).statusCode).toBe(302);
    const [link] = (await linkFigures(ctx, { ids: [run.runId], tracks: true })).data;
    expect(link).toMatchObject({ people: 1, clicks: 100 });
    await recountAgrees(ctx, run.runId);
    // after 90 days the single clicks are forgotten, the sums stay
    const later = { ...ctx, clock: { ...ctx.clock, now: () => new Date(Date.now() + 91 * 86_400_000) } };
    await forgetOldClicks(later);
    const rows = await ctx.db.selectFrom('link_clicks').select('at').execute();
    expect(rows).toEqual([]);
    expect((await linkFigures(ctx, { ids: [run.runId], tracks: true })).data[0]).toMatchObject({
      clicks: 100,
    });
  });

  it('lets no number of previews shut a person out', async () => {
    const { ctx, run, urls } = await aSentRun(1);
    for (let n = 0; n < 103; n++) await open(urls[0]![0]!, { 'user-agent': 'TelegramBot (like TwitterBot)' });
    await open(urls[0]![0]!);
    const [link] = (await linkFigures(ctx, { ids: [run.runId], tracks: true })).data;
    expect(link).toMatchObject({ people: 1, clicks: 1, previews: 100 });
    await recountAgrees(ctx, run.runId);
  });

  it('leads to addresses in any script, as a browser writes them', async () => {
    for (const [address, location] of [
      [
        'https://shop.example/распродажа',
        'https://shop.example/%D1%80%D0%B0%D1%81%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B0',
      ],
      ['https://магазин.рф/café/🔥', 'https://xn--80aairftm.xn--p1ai/caf%C3%A9/%F0%9F%94%A5'],
    ] as const) {
      const { urls } = await aSentRun(1, undefined, `See [it](${address})`);
      const answer = await open(urls[0]![0]!);
      expect([answer.statusCode, answer.headers.location]).toEqual([302, location]);
    }
  });

  it('asks to come again while the database is away, in words and not as code', async () => {
    const { ctx, urls } = await aSentRun(1);
    await sql`ALTER TABLE links RENAME TO links_away`.execute(ctx.db);
    try {
      const answer = await open(urls[0]![0]!);
      expect([answer.statusCode, answer.headers['retry-after'], answer.headers['content-type']]).toEqual([
        503,
        '5',
        'text/html; charset=utf-8',
      ]);
      expect(answer.body).toContain('Open the link again');
    } finally {
      await sql`ALTER TABLE links_away RENAME TO links`.execute(ctx.db);
    }
    expect((await open(urls[0]![0]!)).statusCode).toBe(302);
  });

  it('leads nowhere by a code that is not ours, whatever the request says', async () => {
    const { urls } = await aSentRun(1);
    const code = urls[0]![0]!.split('/l/')[1]!;
    for (const path of [
      `/l/${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`,
      '/l/https%3A%2F%2Fevil.example',
      '/l//evil.example',
      '/l/',
      '/l',
      `/l/${code}/evil.example`,
      `/l/${linkCode(createSecretKey(base.secrets.subkey('another purpose')), { linkNumber: 1, deliveryId: newId() })}`,
    ]) {
      const answer = await app.inject({
        method: 'GET',
        url: path,
        headers: { accept: 'text/html', 'user-agent': phone },
      });
      expect(`${path} ${answer.statusCode} ${answer.headers.location}`).toBe(`${path} 404 undefined`);
      expect(answer.body).not.toContain('id="root"');
    }
    const answer = await app.inject({
      method: 'GET',
      url: `/l/${code}?url=https://evil.example&next=//evil.example`,
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'user-agent': phone },
    });
    expect(answer.headers.location).toBe('https://shop.example/sale?x=1&y=2');
  });

  it('leaves the addresses as they are where nobody could reach us, or nobody wants it', async () => {
    const { urls } = await aSentRun(1, null);
    expect(urls[0]).toEqual(['https://shop.example/sale?x=1&y=2', 'https://shop.example/map']);
    const { ctx, sandbox } = await aShopOn(base, 1);
    ctx.config.publicUrl = 'https://carillon.example';
    const { runId } = await aRun(ctx, sandbox.connectionId, {
      text: '[x](https://shop.example)',
      settings: { track_links: false },
    });
    expect(await linkFigures(ctx, { ids: [runId], tracks: false })).toEqual({
      data: [],
      untracked: expect.stringContaining('was off'),
    });
  });
});

/** Counters against what they count: bits at deliveries, rows of clicks. */
async function recountAgrees(ctx: TestCtx, runId: string): Promise<void> {
  const counted = await sql`
    SELECT l.id, coalesce(sum(c.people), 0)::int AS people, coalesce(sum(c.clicks), 0)::int AS clicks, coalesce(sum(c.previews), 0)::int AS previews
    FROM links l LEFT JOIN link_counts c ON c.link_id = l.id WHERE l.run_id = ${runId} GROUP BY l.id ORDER BY l.id`.execute(
    ctx.db,
  );
  const recounted = await sql`
    SELECT l.id,
      (SELECT count(*)::int FROM deliveries d WHERE d.run_id = l.run_id AND d.clicked_links & (1::bigint << l.position::int) <> 0) AS people,
      (SELECT count(*)::int FROM link_clicks k WHERE k.link_id = l.id AND k.kind = 'click') AS clicks,
      (SELECT count(*)::int FROM link_clicks k WHERE k.link_id = l.id AND k.kind = 'preview') AS previews
    FROM links l WHERE l.run_id = ${runId} ORDER BY l.id`.execute(ctx.db);
  expect(counted.rows).toEqual(recounted.rows);
  const tally = await sql`SELECT
      (SELECT coalesce(sum(n), 0)::int FROM run_tallies WHERE run_id = ${runId} AND what = 'clicked') AS counted,
      (SELECT count(*)::int FROM deliveries WHERE run_id = ${runId} AND clicked_at IS NOT NULL) AS recounted`.execute(
    ctx.db,
  );
  const { counted: n, recounted: m } = tally.rows[0] as { counted: number; recounted: number };
  expect(n).toBe(m);
}
