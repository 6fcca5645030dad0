// A conversation on WhatsApp from both ends, against the emulator: webhooks, adapter, files, jobs, lane.
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { openAccount } from '../channels/accounts.ts';
import { changeConnection } from '../channels/change-connection.ts';
import { startInbound } from '../channels/inbound.ts';
import { aDoor } from '../channels/testing-door.ts';
import { recordConsent } from '../contacts/consent.ts';
import { eraseContact } from '../contacts/erase.ts';
import { storeMedia } from '../media/store-media.ts';
import { aPdf } from '../media/testing-files.ts';
import { aPicture } from '../media/testing-picture.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { createLeases } from '../platform/db/leases.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes } from '../testing/engine.ts';
import { type TestNumber, testNumber } from '../testing/whatsapp.ts';
import { syncTemplates } from '../whatsapp-templates/sync.ts';
import { tellRead } from './read-marks.ts';
import { receive } from './receive.ts';
import { conversationRoutes } from './routes.ts';

let ctx: TestCtx;
let wa: TestNumber;
let door: Awaited<ReturnType<typeof aDoor>>;
beforeAll(async () => {
  ctx = await testCtx({ work: true });
  door = await aDoor(ctx, [conversationRoutes]);
});

const soon = { timeout: 8000 };
async function runs(): Promise<void> {
  wa = await testNumber(ctx);
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const inbound = startInbound(ctx, leases, receive);
  const lanes = testLanes(ctx);
  onTestFinished(async () => {
    await inbound.stop();
    await lanes.stop();
    await leases.stop();
  });
}
async function aPerson(wa_id: string) {
  await wa.control('people', { people: [{ wa_id, name: 'Ann Lee' }] });
  const says = async (what: object) =>
    (await wa.control<{ message: Shown }>('message', { person: wa_id, ...what })).message;
  /** Once their message is there. */
  const conversation = async () => {
    const row = () =>
      ctx.db
        .selectFrom('conversations as v')
        .innerJoin('identities as i', 'i.contact_id', 'v.contact_id')
        .select(['v.id', 'v.contact_id'])
        .where('i.address', '=', wa_id)
        .executeTakeFirst();
    await expect.poll(row, soon).toBeDefined();
    const { id, contact_id } = (await row())!;
    return { id: toWireId('cnv', id), contactId: contact_id };
  };
  const phone = () => wa.control<{ messages: Shown[]; typing_until: number }>(`chats/${wa_id}`);
  return { says, conversation, phone };
}
interface Shown {
  id: string;
  direction: string;
  type: string;
  content: Record<string, unknown>;
  context?: string;
  seen?: boolean;
  reaction_from_business?: string;
}
const thread = async (id: string) => (await door.ask('GET', `/conversations/${id}/messages`)).body.data;

test('what a person sends is fetched, judged by what it is, and shown', async () => {
  await runs();
  const ann = await aPerson('436641111111');
  const offer = aPdf();
  const picture = await aPicture(300, 200).jpeg().toBuffer();
  await ann.says({ image: { base64: picture.toString('base64'), caption: 'Like this?' } });
  await ann.says({ document: { base64: offer.toString('base64'), filename: 'offer.pdf' } });
  await ann.says({
    document: { base64: Buffer.from('MZ\x90\0program').toString('base64'), filename: 'offer.pdf.exe' },
  });
  const { id, contactId } = await ann.conversation();
  // webhooks of one second may come in any order
  const named = async (words: string) =>
    (await thread(id)).find((one: { text: string }) => one.text.includes(words));
  const state = async (words: string) => (await named(words))?.attachments[0].state;
  const states = () => Promise.all(['Like this?', 'offer.pdf]', '.exe'].map(state));
  await expect.poll(states, soon).toEqual(['ready', 'ready', 'failed']);
  const [image, pdf, bad] = await Promise.all(['Like this?', 'offer.pdf]', '.exe'].map(named));
  expect(image).toMatchObject({
    text: '[Picture] Like this?',
    spans: [{ kind: 'text', text: 'Like this?' }],
    attachments: [{ kind: 'image', mime: 'image/jpeg', width: 300, height: 200 }],
  });
  expect(pdf).toMatchObject({ spans: [], attachments: [{ kind: 'document', file_name: 'offer.pdf' }] });
  expect(bad.attachments[0].problem).toMatch(/not kept.*Ask for a PDF/);
  const seen = await door.app.inject({ url: image.attachments[0].url });
  expect(seen.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
  const saved = await door.app.inject({ url: pdf.attachments[0].url });
  expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="offer.pdf"/);
  expect(saved.rawPayload.equals(offer)).toBe(true);
  expect((await door.app.inject({ url: `/api/v1/messages/${bad.id}/file` })).statusCode).toBe(404);
  // with the person goes what they sent
  const raw = async () =>
    JSON.stringify(await ctx.db.selectFrom('inbound_updates').select('raw').execute()).includes(
      '436641111111',
    );
  expect(await raw()).toBe(true);
  const kept = () => ctx.storage.namesIn(ctx.actor.workspaceId);
  expect(await kept()).toHaveLength(2);
  await eraseContact(ctx, contactId);
  await expect.poll(kept, soon).toEqual([]);
  await expect.poll(raw, soon).toBe(false);
});

test('an operator reads, types, reacts and answers with a quote and a file; both ends show the same', async () => {
  await runs();
  const ann = await aPerson('436642222222');
  const asked = await ann.says({ text: 'Do you have it in blue?' });
  const { id } = await ann.conversation();
  const [question] = await thread(id);
  const theirs = async () => (await ann.phone()).messages.find((one) => one.id === asked.id);
  await door.ask('POST', `/conversations/${id}/read`);
  await expect.poll(async () => (await theirs())?.seen, soon).toBe(true);
  expect((await ann.phone()).typing_until).toBeNull();
  expect((await door.ask('POST', `/conversations/${id}/typing`)).status).toBe(204);
  expect((await ann.phone()).typing_until).toBeGreaterThan(0);
  const reacted = await door.ask('POST', `/messages/${question.id}/react`, { emoji: '👍' });
  expect(reacted.body.reactions).toEqual([{ by: 'workspace', emoji: '👍' }]);
  expect((await theirs())?.reaction_from_business).toBe('👍');
  const media = await storeMedia(ctx, { fileName: 'blue.png', bytes: await aPicture().png().toBuffer() });
  const answer = await door.ask('POST', `/conversations/${id}/messages`, {
    text: 'This one',
    media: [{ media_id: media.id }],
    reply_to: question.id,
  });
  expect(answer.body).toMatchObject({ attachments: [{ kind: 'image', url: media.url }] });
  const last = async () => (await ann.phone()).messages.at(-1);
  await expect.poll(async () => (await last())?.type, soon).toBe('image');
  expect(await last()).toMatchObject({ context: asked.id, content: { caption: 'This one' } });
  const sent = (await last())!;
  await expect.poll(async () => (await thread(id))[0].state, soon).toMatch(/^(sent|delivered|read)$/);
  await wa.control('react', { person: '436642222222', message_id: sent.id, emoji: '🙏' });
  await ann.says({ text: 'I take it', reply_to: sent.id });
  await expect.poll(async () => (await thread(id))[0].reply_to?.message_id, soon).toBe(answer.body.id);
  expect((await thread(id))[1].reactions).toEqual([{ by: 'contact', emoji: '🙏' }]);
  // what WhatsApp would not take is said before anything goes out
  const gif = await storeMedia(ctx, { fileName: 'a.webp', bytes: await aPicture().webp().toBuffer() });
  const refused = await door.ask('POST', `/conversations/${id}/messages`, { media: [{ media_id: gif.id }] });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/media/0' }] } });
});

test('while sending is held, nothing of an operator shows on the phone, and what is refused says so', async () => {
  await runs();
  const ann = await aPerson('436645555555');
  const asked = await ann.says({ text: 'Are you open?' });
  const { id } = await ann.conversation();
  const [question] = await thread(id);
  const theirs = async () => (await ann.phone()).messages.find((one) => one.id === asked.id);
  const hold = (held_at: Date | null) =>
    ctx.db.updateTable('workspaces').set({ held_at }).where('id', '=', ctx.actor.workspaceId).execute();
  await hold(new Date());
  onTestFinished(async () => void (await hold(null)));
  const held = await door.ask('POST', `/messages/${question.id}/react`, { emoji: '👍' });
  expect(held).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
  expect(held.body.detail).toMatch(/Sending is held .* released it/);
  expect((await thread(id))[0].reactions).toEqual([]);
  await door.ask('POST', `/conversations/${id}/typing`);
  await tellRead(ctx, uuidOf('cnv', id));
  expect((await theirs())?.seen).toBeUndefined();
  expect((await theirs())?.reaction_from_business).toBeUndefined();
  expect((await ann.phone()).typing_until).toBeNull();
  await hold(null);
  await tellRead(ctx, uuidOf('cnv', id));
  expect((await theirs())?.seen).toBe(true);
});

test('a file that cannot be fetched now waits and says so, and is fetched when it can be', async () => {
  await runs();
  const ann = await aPerson('436643333333');
  await wa.control('faults', { kind: 'http_502', calls: ['objects'] });
  await ann.says({ image: {} });
  const { id } = await ann.conversation();
  const file = async () => (await thread(id))[0].attachments[0];
  await expect.poll(async () => (await file()).problem, soon).toMatch(/tried again by itself/);
  expect((await file()).state).toBe('fetching');
  await fetch(`${wa.url}/control/whatsapp/faults`, { method: 'DELETE' });
  await ctx.db
    .updateTable('message_files')
    .set({ due_at: new Date(0) })
    .where('state', '=', 'waiting')
    .execute();
  await ctx.jobs.enqueue(ctx, 'conversations.fetch_due', {});
  await expect.poll(async () => (await file()).state, soon).toBe('ready');
});

test('a file that a dead token kept away is fetched as soon as the token is entered anew', async () => {
  await runs();
  const ann = await aPerson('436646666666');
  await wa.control('faults', { kind: 'unauthorized', calls: ['objects'] });
  await ann.says({ image: {} });
  const { id } = await ann.conversation();
  const file = async () => (await thread(id))[0].attachments[0];
  await expect.poll(async () => (await file()).problem, soon).toMatch(/tried again by itself/);
  await fetch(`${wa.url}/control/whatsapp/faults`, { method: 'DELETE' });
  const { account } = (await openAccount(ctx, wa.connectionId))!;
  await changeConnection(ctx, wa.connectionId, { credentials: account.credentials });
  await expect.poll(async () => (await file()).state, soon).toBe('ready');
});

test('outside the window a template goes out with values to the letter, and free text does not', async () => {
  await runs();
  const ann = await aPerson('436644444444');
  await wa.control('templates', {
    name: 'back_in_stock',
    language: 'en',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Dear {{1}}', example: { header_text: ['Ann'] } },
      {
        type: 'BODY',
        text: 'Hello {{1}}, good news: *{{2}}* is back in our shop.',
        example: { body_text: [['Ann', 'Bowl']] },
      },
      { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'See it',
            url: 'https://shop.example/{{1}}',
            example: ['https://shop.example/a'],
          },
        ],
      },
    ],
  });
  await syncTemplates(ctx, wa.connectionId);
  await ann.says({ text: 'Tell me when it is back' });
  const { id, contactId } = await ann.conversation();
  const post = (body: object) => door.ask('POST', `/conversations/${id}/messages`, body);
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  await ctx.db
    .updateTable('conversations')
    .set({ last_inbound_at: longAgo })
    .where('contact_id', '=', contactId)
    .execute();
  await wa.control('window', { person: '436644444444', open: false });
  expect(await post({ text: 'It is back' })).toMatchObject({ status: 409, body: { code: 'WINDOW_CLOSED' } });
  const template = { name: 'back_in_stock', language: 'en' };
  const incomplete = await post({ template: { ...template, body: { 1: 'Ann' } } });
  expect(incomplete.status).toBe(422);
  expect(incomplete.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([
    '/template/header/1',
    '/template/body/2',
    '/template/buttons/0',
  ]);
  const filled = {
    template: {
      ...template,
      header: { 1: 'friend' },
      body: { 1: '{{ contact.email }}', 2: 'The 5* bowl' },
      buttons: { 0: 'bowl' },
    },
  };
  const sent = await post(filled);
  expect(sent).toMatchObject({
    status: 201,
    body: {
      text: 'Hello {{ contact.email }}, good news: The 5∗ bowl is back in our shop.',
      footer: 'Reply STOP to unsubscribe',
      buttons: [{ text: 'See it', url: 'https://shop.example/bowl' }],
      header: 'Dear friend',
    },
  });
  const last = async () => (await ann.phone()).messages.at(-1);
  await expect.poll(async () => (await last())?.type, soon).toBe('template');
  expect(await last()).toMatchObject({
    shown: {
      body: 'Hello {{ contact.email }}, good news: *The 5∗ bowl* is back in our shop.',
      footer: 'Reply STOP to unsubscribe',
    },
  });
  expect((await post({ template: { name: 'nothing', language: 'en' } })).body.errors[0].pointer).toBe(
    '/template/name',
  );
  await recordConsent(ctx, contactId, {
    channel: 'whatsapp',
    purpose: 'marketing',
    state: 'opted_out',
    source: 'operator',
    wording: null,
  });
  expect((await post(filled)).body.errors[0].detail).toMatch(/opted out of offers/);
});
