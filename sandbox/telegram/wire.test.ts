import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSandbox, failureOf, type SandboxFixture } from '../sandbox-fixture.ts';
import { DEFAULT_LIMITS } from './flood.ts';
import { retryDelayMs } from './webhook-worker.ts';

let fixture: SandboxFixture;
let nowMs: number;
beforeEach(async () => {
  nowMs = 1_795_219_335_000;
  fixture = await aSandbox({ now: () => nowMs });
});
afterEach(() => fixture.close());

const call = (method: string, init?: RequestInit) =>
  fetch(`${fixture.sandbox.url}/bot${fixture.token}/${method}`, init);
const answerOf = async (response: Response) =>
  (await response.json()) as {
    ok: boolean;
    result?: { text: string; photo: unknown[] };
    description?: string;
    error_code?: number;
    parameters?: unknown;
  };

describe('the Bot API on the wire', () => {
  it('takes parameters from the query, a form, JSON and multipart alike, and any case of the method', async () => {
    const form = new FormData();
    form.set('chat_id', '111');
    form.set('text', 'd');
    const keyboard = JSON.stringify({ inline_keyboard: [[{ text: 'x', callback_data: 'y' }]] });
    const answers = await Promise.all([
      call('sendMessage?chat_id=111&text=a'),
      call('SENDMESSAGE', {
        method: 'POST',
        body: new URLSearchParams({ chat_id: '111', text: 'b', reply_markup: keyboard }),
      }),
      call('sendmessage', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ chat_id: 111, text: 'c', reply_markup: keyboard }),
      }),
      call('sendMessage', { method: 'POST', body: form }),
    ]);
    const results = await Promise.all(answers.map(answerOf));
    expect(results.map((answer) => answer.result?.text).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(results[1]).toMatchObject({
      result: { reply_markup: { inline_keyboard: [[{ callback_data: 'y' }]] } },
    });
  });

  it('reads multipart the way that grammY spells it: lower case, no spaces, no quotes', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    const body = Buffer.concat([
      Buffer.from('--xyz\r\ncontent-disposition:form-data;name="chat_id"\r\n\r\n111\r\n'),
      Buffer.from('--xyz\r\ncontent-disposition:form-data;name="photo"\r\n\r\nattach://abc\r\n'),
      Buffer.from(
        '--xyz\r\ncontent-disposition:form-data;name="abc";filename=a.jpg\r\ncontent-type:application/octet-stream\r\n\r\n',
      ),
      gif,
      Buffer.from('\r\n--xyz--\r\n'),
    ]);
    const answer = await answerOf(
      await call('sendPhoto', {
        method: 'POST',
        headers: { 'Content-Type': 'multipart/form-data; boundary=xyz' },
        body,
      }),
    );
    expect(answer.result?.photo).toHaveLength(1);
  });

  it('answers errors with the status equal to error_code', async () => {
    const unknown = await call('sendNothing');
    expect([unknown.status, await answerOf(unknown)]).toEqual([
      404,
      { ok: false, error_code: 404, description: 'Not Found: method not found' },
    ]);
    const malformed = await fetch(`${fixture.sandbox.url}/bot0123/getMe`);
    expect([malformed.status, (await answerOf(malformed)).description]).toEqual([
      401,
      'Unauthorized: invalid token specified',
    ]);
    expect((await fetch(`${fixture.sandbox.url}/nothing`)).status).toBe(404);
  });

  it('sends Retry-After with 429 and counts it, while nothing of it arrives', async () => {
    await fixture.control(
      `bots/${fixture.botId}`,
      { limits: { ...DEFAULT_LIMITS, minRetryAfter: 18 } },
      'PATCH',
    );
    for (const text of ['a', 'b', 'c']) await fixture.api.sendMessage(111, text);
    const error = await failureOf(fixture.api.sendMessage(111, 'd'));
    expect(error).toMatchObject({
      error_code: 429,
      description: 'Too Many Requests: retry after 18',
      parameters: { retry_after: 18 },
    });
    nowMs += 5000;
    const frozen = await call('sendMessage?chat_id=111&text=e');
    expect([frozen.status, frozen.headers.get('retry-after')]).toEqual([429, '13']);
    expect(await fixture.control('stats')).toMatchObject({ accepted: 3, rate_limited: 2, sent_twice: 0 });
  });

  it.each([
    [{ text: '' }, 'Bad Request: message text is empty'],
    [{ text: 'x'.repeat(4097) }, 'Bad Request: message is too long'],
    [
      { text: 'x', reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'é'.repeat(33) }]] } },
      'Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      { text: 'x', reply_markup: { inline_keyboard: [[{ text: 'a', url: 'not a url' }]] } },
      'Bad Request: BUTTON_URL_INVALID',
    ],
    [{ text: 'x', reply_parameters: { message_id: 999 } }, 'Bad Request: message to be replied not found'],
    [{ text: 'x', reply_markup: '{' }, "Bad Request: can't parse reply keyboard markup JSON object"],
  ])('refuses %j', async (params, description) => {
    const body = JSON.stringify({ chat_id: 111, ...params });
    expect(
      (
        await answerOf(
          await call('sendMessage', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body,
          }),
        )
      ).description,
    ).toBe(description);
  });

  it('counts the text limit in characters, not in UTF-16 units', async () => {
    expect((await fixture.api.sendMessage(111, '🔥'.repeat(4096))).text).toHaveLength(8192);
  });

  it('confirms updates by offset and keeps the last ones for a negative offset', async () => {
    for (const text of ['a', 'b', 'c']) await fixture.control('message', { user: 111, text });
    const [first] = await fixture.api.getUpdates();
    expect(await fixture.api.getUpdates({ offset: first!.update_id + 1 })).toHaveLength(2);
    expect((await fixture.api.getUpdates({ offset: -1 })).map((update) => update.message?.text)).toEqual([
      'c',
    ]);
    nowMs += 86_400_001;
    expect(await fixture.api.getUpdates({ offset: 1 })).toEqual([]);
  });

  it('tells of a block, of the unblock, and of the /start that follows', async () => {
    await fixture.control('block', { user: 111 });
    await fixture.control('start', { user: 111 });
    const updates = await fixture.api.getUpdates();
    expect(
      updates.map((update) => update.my_chat_member?.new_chat_member.status ?? update.message?.text),
    ).toEqual(['kicked', 'member', '/start']);
  });

  it('keeps on-request updates back until they are asked for', async () => {
    const sent = await fixture.api.sendMessage(111, 'x');
    await fixture.control('react', { user: 111, message_id: sent.message_id, emoji: '👍' });
    await fixture.api.getUpdates({ allowed_updates: ['message_reaction'] });
    await fixture.control('react', { user: 111, message_id: sent.message_id, emoji: '🔥' });
    const updates = await fixture.api.getUpdates({ offset: 1 });
    expect(updates.map((update) => update.message_reaction?.new_reaction)).toEqual([
      [{ type: 'emoji', emoji: '🔥' }],
    ]);
  });

  it('passes a press on, and takes the answer once and in time', async () => {
    const sent = await fixture.api.sendMessage(111, 'x', {
      reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'vote:yes' }]] },
    });
    await fixture.control('press', { user: 111, message_id: sent.message_id, button: 0 });
    const [update] = await fixture.api.getUpdates();
    expect(update?.callback_query).toMatchObject({
      data: 'vote:yes',
      message: { message_id: sent.message_id },
    });
    await fixture.api.answerCallbackQuery(update!.callback_query!.id, { text: 'Thanks' });
    expect(await fixture.control('chats/111')).toMatchObject({
      last_act: { kind: 'press', answer: { text: 'Thanks' } },
    });
    nowMs += 151_000;
    expect(
      (await failureOf(fixture.api.answerCallbackQuery(update!.callback_query!.id))).description,
    ).toMatch(/query is too old/);
  });
});

describe('trouble', () => {
  it('drops the line after the message was taken: the sender cannot know, the emulator can', async () => {
    await fixture.control('faults', { kind: 'reset_after', count: 1 });
    await expect(call('sendMessage?chat_id=111&text=once')).rejects.toThrow();
    await fixture.api.sendMessage(111, 'once');
    const stats = await fixture.control<{ accepted: number; sent_twice: number; duplicates: unknown[] }>(
      'stats',
    );
    expect(stats).toMatchObject({
      accepted: 2,
      sent_twice: 1,
      duplicates: [{ chat_id: 111, count: 2, text: 'once' }],
    });
  });

  it('counts a repeated answer to a repeated question as a duplicate, but not as sent twice', async () => {
    for (const _ of [1, 2]) {
      await fixture.control('start', { user: 111 });
      await fixture.api.sendMessage(111, 'Welcome');
    }
    expect(await fixture.control('stats')).toMatchObject({
      sent_twice: 0,
      duplicates: [{ count: 2, unprompted: 0 }],
    });
  });

  it('drops the line before the message was taken', async () => {
    await fixture.control('faults', { kind: 'reset_before', count: 1 });
    await expect(call('sendMessage?chat_id=111&text=x')).rejects.toThrow();
    expect(await fixture.control('stats')).toMatchObject({ accepted: 0 });
  });

  it.each([
    ['http_500', 500],
    ['http_502', 502],
    ['garbage', 200],
    ['unauthorized', 401],
    ['flood', 429],
  ])('answers %s with status %i, as often as asked', async (kind, status) => {
    await fixture.control('faults', { kind, count: 1, chat: 111, bot: fixture.botId });
    expect((await call('sendMessage?chat_id=111&text=x')).status).toBe(status);
    expect((await call('sendMessage?chat_id=111&text=y')).status).toBe(200);
  });

  it('hangs after accepting: the client gives up, the message is there', async () => {
    await fixture.control('faults', { kind: 'hang', count: 1 });
    await new Promise<void>((resolve) => {
      const request = httpRequest(
        `${fixture.sandbox.url}/bot${fixture.token}/sendMessage?chat_id=111&text=x`,
      );
      request.on('error', () => resolve());
      request.end();
      const poll = async () => {
        const { accepted } = await fixture.control<{ accepted: number }>('stats');
        if (accepted === 1) request.destroy(new Error('gave up'));
        else setImmediate(() => void poll());
      };
      void poll();
    });
    expect(await fixture.control('stats')).toMatchObject({ accepted: 1 });
  });

  it('ends by itself when its time is over, and by hand', async () => {
    await fixture.control('faults', { kind: 'http_500', seconds: 20 });
    expect((await call('sendMessage?chat_id=111&text=x')).status).toBe(500);
    nowMs += 20_000;
    expect((await call('sendMessage?chat_id=111&text=x')).status).toBe(200);
    const { fault } = await fixture.control<{ fault: { id: string } }>('faults', { kind: 'http_500' });
    await fixture.control(`faults/${fault.id}`, undefined, 'DELETE');
    expect((await call('sendMessage?chat_id=111&text=y')).status).toBe(200);
  });
});

describe('webhook retries', () => {
  it('wait 0, 2, 4, 8 … seconds, at most a random 60 to 120', () => {
    expect([1, 2, 3, 4].map((retry) => retryDelayMs(retry, 0.5))).toEqual([0, 2000, 4000, 8000]);
    expect([retryDelayMs(20, 0), retryDelayMs(20, 1)]).toEqual([60_000, 120_000]);
  });
});
