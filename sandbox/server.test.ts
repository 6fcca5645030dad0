import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputFile } from 'grammy';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { aSandbox } from './sandbox-fixture.ts';
import { startSandbox } from './server.ts';

describe('the sandbox as a server', () => {
  it('keeps chats, files and queued updates over a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const fixture = await aSandbox({ dataDir });
    const photo = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const sent = await fixture.api.sendPhoto(111, new InputFile(photo), { caption: 'kept' });
    await fixture.control('message', { user: 111, text: 'waiting' });
    await fixture.close();

    const again = await startSandbox({ dataDir, limits: null });
    const call = async (method: string) =>
      (await (await fetch(`${again.url}/bot${fixture.token}/${method}`)).json()) as {
        result: { message?: { text: string } }[];
      };
    expect((await call('getUpdates')).result.map((update) => update.message?.text)).toEqual(['waiting']);
    expect(await call(`sendPhoto?chat_id=111&photo=${sent.photo!.at(-1)!.file_id}`)).toMatchObject({
      ok: true,
      result: { message_id: 3 },
    });
    const picture = await fetch(`${again.url}/control/files/${sent.photo!.at(-1)!.file_unique_id}`);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    await again.close();
    await rm(dataDir, { recursive: true });
  });

  it('runs as a process that says where it is and ends with its parent', async () => {
    const child = fork(join(import.meta.dirname, 'main.ts'), {
      env: { ...process.env, SANDBOX_PORT: '0' },
      silent: true,
    });
    const [message] = (await once(child, 'message')) as [{ ready: boolean; url: string }];
    expect(message.ready).toBe(true);
    expect((await fetch(`${message.url}/control/bots`)).status).toBe(200);
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('serves the page of phones with relative addresses and no way out of its folder', async () => {
    const sandbox = await startSandbox();
    const page = await fetch(`${sandbox.url}/phones/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    for (const address of addresses.filter((one) => !one.startsWith('data:'))) {
      expect(address).toMatch(/^[\w.-]+$/);
      expect((await fetch(`${sandbox.url}/phones/${address}`)).status).toBe(200);
    }
    for (const path of ['/phones/..%2fserver.ts', '/phones/%2e%2e/server.ts', '/phones/nothing.js']) {
      expect((await fetch(sandbox.url + path)).status).toBe(404);
    }
    await sandbox.close();
  });

  it('tells the page which chats changed', async () => {
    const fixture = await aSandbox();
    const stream = await fetch(`${fixture.sandbox.url}/control/live?bot=${fixture.botId}`);
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('event: hello');
    await fixture.api.sendMessage(111, 'x');
    expect((await reader.read()).value).toContain('data: {"chats":[111]}');
    await reader.cancel();
    await fixture.close();
  });

  it('finds people by name, in pages, and lists the messages that arrived', async () => {
    const fixture = await aSandbox();
    await fixture.api.sendMessage(111, 'hello');
    const found = await fixture.control<{ total: number; chats: unknown[] }>('chats?search=davis');
    expect(found).toMatchObject({
      total: 1,
      chats: [{ id: 111, name: 'Emily Davis', state: 'open', accepted: 1, messages: [{ text: 'hello' }] }],
    });
    expect(await fixture.control('chats?limit=1&offset=1')).toMatchObject({
      total: 2,
      chats: [{ id: 112, state: 'never_started' }],
    });
    await expect(fixture.control('message', { user: 404, text: 'x' })).rejects.toThrow(/There is no person/);
    await fixture.control('reset', { what: 'messages' });
    expect(await fixture.control('chats/111')).toMatchObject({ state: 'open', messages: [], accepted: 0 });
    await fixture.close();
  });
});
