// Chats, numbers, templates and media survive a restart; what nobody was told of is told then.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSandbox } from '../server.ts';
import { aWhatsApp, EMILY, type Loose, ofText } from './whatsapp-fixture.ts';

it('keeps everything over a restart and tells the statuses that were not told', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-wa-'));
  const first = await aWhatsApp({ dataDir, number: { limits: {} } });
  const { token, waba, id } = first.number;
  try {
    await first.template('news');
    await first.control('message', { person: EMILY, image: {} });
    await first.until(({ value }) => value.messages !== undefined);
    first.answerWith(503);
    await first.graph(`${id}/messages`, ofText('Hello'));
    await first.until(({ value }) => value.statuses?.[0]?.status === 'delivered');
    await first.sandbox.close();

    first.answerWith(200);
    first.hooks.length = 0;
    const again = await startSandbox({ dataDir });
    const graph = async (path: string, body?: unknown) => {
      const response = await fetch(`${again.url}/v25.0/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: response.status, body: (await response.json()) as Loose };
    };
    await first.until(({ value }) => value.statuses !== undefined, 2);
    expect(
      first
        .statuses()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['delivered', 'sent']);
    const chat = (await (await fetch(`${again.url}/control/whatsapp/chats/${EMILY}`)).json()) as Loose;
    expect(chat.messages.map(({ type }: { type: string }) => type)).toEqual(['image', 'text']);
    const media = await graph(chat.messages[0].content.id);
    const bytes = await fetch(media.body.url, { headers: { Authorization: `Bearer ${token}` } });
    expect((await bytes.arrayBuffer()).byteLength).toBe(Number(media.body.file_size));
    expect((await graph(`${waba}/message_templates`)).body.data[0]).toMatchObject({ name: 'news' });
    expect((await graph(`${id}/messages`, ofText('And again'))).status).toBe(200);
    await again.close();
  } finally {
    await first.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

it('delivers after a restart what was sent before it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-wa-'));
  const first = await aWhatsApp({ dataDir, number: { limits: {} } });
  try {
    await first.control('message', { person: EMILY, text: 'Hello' });
    await first.control('ladder', { delivered_ms: 700 });
    await first.graph(`${first.number.id}/messages`, ofText('Hello'));
    await first.until(({ value }) => value.statuses?.[0]?.status === 'sent');
    await first.sandbox.close();
    expect(first.statuses().map(({ status }) => status)).toEqual(['sent']);
    const again = await startSandbox({ dataDir });
    await first.until(({ value }) => value.statuses?.[0]?.status === 'delivered');
    await again.close();
  } finally {
    await first.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
