// No foreign peer covers lanes, expiry and replies: these tests stand on telegram.md §6 alone.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSandbox, failureOf, type SandboxFixture } from '../sandbox-fixture.ts';

interface Arrival {
  update: { update_id: number; message?: { text?: string } };
  answer: (status: number, body?: string, headers?: Record<string, string>) => void;
}

let fixture: SandboxFixture;
let nowMs: number;
let arrivals: Arrival[];
let hook: { url: string; close: () => Promise<void> };

beforeEach(async () => {
  nowMs = 1_795_219_335_000;
  fixture = await aSandbox({ now: () => nowMs });
  await fixture.control('webhook-time-scale', { scale: 0 });
  await fixture.control('state', { user: 112, state: 'open' });
  arrivals = [];
  const server = createServer((request, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const answer: Arrival['answer'] = (status, text = '', headers = {}) => {
        response.writeHead(status, headers);
        response.end(text);
      };
      arrivals.push({ update: JSON.parse(body), answer });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
});
afterEach(async () => {
  await fixture.close();
  await hook.close();
});

const texts = () => arrivals.map(({ update }) => update.message?.text);
const say = (user: number, text: string) => fixture.control('message', { user, text });
const pending = async () => (await fixture.api.getWebhookInfo()).pending_update_count;

describe('the webhook worker (telegram.md §6 only)', () => {
  it('keeps order inside a chat and lets other chats pass a failing update', async () => {
    await fixture.api.setWebhook(hook.url);
    await say(111, 'a1');
    await say(111, 'a2');
    await say(112, 'b1');
    await expect.poll(texts).toEqual(['a1', 'b1']);
    arrivals[0]!.answer(500);
    await expect.poll(texts).toEqual(['a1', 'b1', 'a1']);
    expect(arrivals[2]!.update.update_id).toBe(arrivals[0]!.update.update_id);
    arrivals[2]!.answer(200);
    await expect.poll(texts).toEqual(['a1', 'b1', 'a1', 'a2']);
    expect((await fixture.api.getWebhookInfo()).last_error_message).toBe(
      'Wrong response from the webhook: 500 Internal Server Error',
    );
  });

  it('holds no more than max_connections in flight', async () => {
    await fixture.api.setWebhook(hook.url, { max_connections: 1 });
    await say(111, 'a');
    await say(112, 'b');
    await expect.poll(texts).toEqual(['a']);
    expect(await pending()).toBe(2);
    arrivals[0]!.answer(204);
    await expect.poll(texts).toEqual(['a', 'b']);
  });

  it('gives up an update that is older than 24 h', async () => {
    await fixture.api.setWebhook(hook.url);
    await say(111, 'old');
    await expect.poll(texts).toEqual(['old']);
    nowMs += 86_400_001;
    arrivals[0]!.answer(503);
    await expect.poll(pending).toBe(0);
  });

  it('executes a reply in the body and tells nobody', async () => {
    await fixture.api.setWebhook(hook.url);
    await say(111, 'hello');
    await expect.poll(texts).toEqual(['hello']);
    arrivals[0]!.answer(200, JSON.stringify({ method: 'sendMessage', chat_id: 111, text: 'by reply' }), {
      'Content-Type': 'application/json',
    });
    await expect
      .poll(() => fixture.control('chats/111'))
      .toMatchObject({ messages: [{ text: 'hello' }, { text: 'by reply' }] });
  });

  it('excludes getUpdates, answers "already set", and delivers what waited when it is set', async () => {
    await say(111, 'early');
    await fixture.api.setWebhook(hook.url, { secret_token: 'abc' });
    await expect.poll(texts).toEqual(['early']);
    expect((await failureOf(fixture.api.getUpdates())).description).toMatch(
      /^Conflict: can't use getUpdates method while webhook is active/,
    );
    const again = await fetch(
      `${fixture.sandbox.url}/bot${fixture.token}/setWebhook?url=${encodeURIComponent(hook.url)}&secret_token=abc`,
    );
    expect(await again.json()).toEqual({ ok: true, result: true, description: 'Webhook is already set' });
  });

  it('refuses addresses and secrets that the platform refuses', async () => {
    const refusal = async (url: string, secret?: string) =>
      (await failureOf(fixture.api.setWebhook(url, secret === undefined ? {} : { secret_token: secret })))
        .description;
    expect(await refusal('http://shop.example/')).toMatch(/An HTTPS URL must be provided for webhook$/);
    expect(await refusal('https://shop.example:1234/')).toMatch(/only on ports 80, 88, 443 or 8443$/);
    expect(await refusal(hook.url, 'no spaces')).toMatch(/secret token contains unallowed characters$/);
  });
});
