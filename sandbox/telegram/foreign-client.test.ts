// The emulator against a client that other people wrote: grammY.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bot, GrammyError, InputFile, webhookCallback } from 'grammy';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSandbox, failureOf, type SandboxFixture } from '../sandbox-fixture.ts';

let fixture: SandboxFixture;
beforeEach(async () => {
  fixture = await aSandbox();
});
afterEach(() => fixture.close());

const jpeg = () =>
  sharp({ create: { width: 800, height: 600, channels: 3, background: '#c4623f' } })
    .jpeg()
    .toBuffer();

describe('grammY as the client', () => {
  it('sends formatted text and reads entities in UTF-16 units', async () => {
    const message = await fixture.api.sendMessage(111, ' 🔥 <b>Hi &amp; bye</b> ', { parse_mode: 'HTML' });
    expect(message.text).toBe('🔥 Hi & bye');
    expect(message.entities).toEqual([{ type: 'bold', offset: 3, length: 8 }]);
    expect(message.chat).toMatchObject({ id: 111, type: 'private', first_name: 'Emily' });
  });

  it('uploads a photo once and sends it again by file_id', async () => {
    const first = await fixture.api.sendPhoto(111, new InputFile(await jpeg(), 'a.jpg'), {
      caption: '*x*',
      parse_mode: 'MarkdownV2',
    });
    expect(first.photo?.map((size) => size.width)).toEqual([90, 320, 800]);
    expect(first.caption_entities?.[0]?.type).toBe('bold');
    const again = await fixture.api.sendPhoto(111, first.photo!.at(-1)!.file_id);
    expect(again.photo).toEqual(first.photo);
    const file = await fixture.api.getFile(first.photo!.at(-1)!.file_id);
    const bytes = await fetch(`${fixture.sandbox.url}/file/bot${fixture.token}/${file.file_path}`);
    expect((await bytes.arrayBuffer()).byteLength).toBe(file.file_size);
  });

  it('sends an album of uploads, one message for each', async () => {
    const photo = await jpeg();
    const album = await fixture.api.sendMediaGroup(111, [
      { type: 'photo', media: new InputFile(photo, 'a.jpg'), caption: 'one' },
      { type: 'photo', media: new InputFile(photo, 'b.jpg') },
    ]);
    expect(album).toHaveLength(2);
    expect(album[0]).toHaveProperty(
      'media_group_id',
      (album[1] as { media_group_id?: string }).media_group_id,
    );
  });

  it('refuses a file that is not an image', async () => {
    const error = await failureOf(
      fixture.api.sendPhoto(111, new InputFile(Buffer.from('no picture'), 'a.jpg')),
    );
    expect(error.description).toBe('Bad Request: IMAGE_PROCESS_FAILED');
  });

  it('fetches a photo by its local address and refuses a public one', async () => {
    const picture = await jpeg();
    const shop = createServer((request, response) => {
      response.setHeader('Content-Type', request.url === '/a.jpg' ? 'image/jpeg' : 'text/html');
      response.end(request.url === '/a.jpg' ? picture : '<html></html>');
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    expect((await fixture.api.sendPhoto(111, `${origin}/a.jpg`)).photo?.at(-1)?.height).toBe(600);
    expect((await failureOf(fixture.api.sendPhoto(111, `${origin}/page`))).description).toBe(
      'Bad Request: wrong type of the web page content',
    );
    expect((await failureOf(fixture.api.sendPhoto(111, 'https://shop.example/a.jpg'))).description).toBe(
      'Bad Request: failed to get HTTP URL content',
    );
    await new Promise((resolve) => shop.close(resolve));
  });

  it('receives /start with its payload by long polling', async () => {
    const bot = new Bot(fixture.token, { client: { apiRoot: fixture.sandbox.url } });
    const payload = new Promise<string>((resolve) => bot.command('start', (ctx) => resolve(ctx.match)));
    const running = bot.start();
    await fixture.control('start', { user: 112, payload: 'ref_42' });
    expect(await payload).toBe('ref_42');
    await bot.stop();
    await running;
  });

  it('gets every refusal as a GrammyError with code and description', async () => {
    const refused = async (chat: number) =>
      (await failureOf(fixture.api.sendMessage(chat, 'x'))) as GrammyError;
    expect(await refused(112)).toBeInstanceOf(GrammyError);
    expect((await refused(112)).description).toBe("Forbidden: bot can't initiate conversation with a user");
    expect((await refused(999)).description).toBe('Bad Request: chat not found');
    await fixture.control('block', { user: 111 });
    expect(await refused(111)).toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
    await fixture.control('deactivate', { user: 111 });
    expect((await refused(111)).description).toBe('Forbidden: user is deactivated');
  });

  it('answers 401 after the token was revoked', async () => {
    await fixture.control(`bots/${fixture.botId}/revoke`, {});
    expect(await failureOf(fixture.api.getMe())).toMatchObject({
      error_code: 401,
      description: 'Unauthorized',
    });
  });

  it('names the new id of a group that was upgraded', async () => {
    const group = await fixture.control<{ id: number }>('groups', {
      type: 'group',
      title: 'Team',
      owner: 111,
      bot: fixture.botId,
    });
    const supergroup = await fixture.control<{ id: number }>('upgrade', { chat: group.id });
    const error = await failureOf(fixture.api.sendMessage(group.id, 'x'));
    expect(error).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: supergroup.id } });
    expect((await fixture.api.sendMessage(supergroup.id, 'x')).chat.type).toBe('supergroup');
  });

  it('lets the newer of two long polls win', async () => {
    const first = failureOf(fixture.api.getUpdates({ timeout: 30 }));
    // The first poll is known to be waiting when its request was counted.
    await expect.poll(async () => (await stats()).requests_by_method.getUpdates).toBe(1);
    const second = fixture.api.getUpdates({ timeout: 30 });
    expect((await first).description).toMatch(/^Conflict: terminated by other getUpdates request/);
    await fixture.control('message', { user: 111, text: 'hello' });
    expect((await second)[0]?.message?.text).toBe('hello');
  });

  const stats = () => fixture.control<{ requests_by_method: Record<string, number> }>('stats');
});

describe('grammY as the webhook receiver', () => {
  async function receiver(bot: Bot, secretToken: string) {
    const statuses: number[] = [];
    const handle = webhookCallback(bot, 'http', { secretToken });
    const server = createServer((request, response) => {
      response.on('finish', () => statuses.push(response.statusCode));
      void handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, statuses, close };
  }

  it('accepts updates with the right secret', async () => {
    const bot = new Bot(fixture.token, { client: { apiRoot: fixture.sandbox.url } });
    const texts: string[] = [];
    bot.on('message:text', (ctx) => void texts.push(ctx.message.text));
    const hook = await receiver(bot, 'right_secret');
    await fixture.api.setWebhook(hook.url, { secret_token: 'right_secret' });
    await fixture.control('message', { user: 111, text: 'one' });
    await fixture.control('message', { user: 111, text: 'two' });
    await expect.poll(() => texts).toEqual(['one', 'two']);
    await expect.poll(async () => (await fixture.api.getWebhookInfo()).pending_update_count).toBe(0);
    await hook.close();
  });

  it('sees 401 for a wrong secret, reports it, and delivers once the secret is right', async () => {
    await fixture.control('webhook-time-scale', { scale: 0.001 });
    const bot = new Bot(fixture.token, { client: { apiRoot: fixture.sandbox.url } });
    const texts: string[] = [];
    bot.on('message:text', (ctx) => void texts.push(ctx.message.text));
    const hook = await receiver(bot, 'right_secret');
    await fixture.api.setWebhook(hook.url, { secret_token: 'wrong_secret' });
    await fixture.control('message', { user: 111, text: 'late' });
    await expect.poll(() => hook.statuses.slice(0, 2)).toEqual([401, 401]);
    const info = await fixture.api.getWebhookInfo();
    expect(info.last_error_message).toBe('Wrong response from the webhook: 401 Unauthorized');
    expect(info.pending_update_count).toBe(1);
    await fixture.api.setWebhook(hook.url, { secret_token: 'right_secret' });
    await expect.poll(() => texts).toEqual(['late']);
    await hook.close();
  });
});
