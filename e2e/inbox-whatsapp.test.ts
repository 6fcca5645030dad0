// A conversation on WhatsApp in the inbox: what the person sends is seen, the operator answers with a quote, a file and an
// emoji while the window is open, and with an approved template where it is closed.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../contract/connections.ts';
import type { Contact } from '../contract/contacts.ts';
import type { Conversation } from '../contract/conversations.ts';
import { aPdf, aVoiceNote } from '../server/media/testing-files.ts';
import { aPicture } from '../server/media/testing-picture.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
let api: Api;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase(), SANDBOX: 'on' };
  [carillon, browser] = await Promise.all([startCarillon({ env, args: ['--empty'] }), launchBrowser()]);
  api = apiOf(carillon);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

/** The customer's side, through the door of a signed-in person. */
function phoneOf(page: Page) {
  // biome-ignore lint/suspicious/noExplicitAny: stories look into answers by name
  return async (path: string, data?: object): Promise<any> => {
    const url = `${carillon.url}/sandbox/control/whatsapp/${path}`;
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    const response = data ? await page.request.post(url, { data, headers }) : await page.request.get(url);
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
    return response.json();
  };
}
/** For a look by eye, where INBOX_PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.INBOX_PICTURES;
  if (!folder) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(500);
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
async function findingsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}
interface Shown {
  id: string;
  type: string;
  direction: string;
  context?: string;
  content: Record<string, unknown>;
  reaction_from_business?: string;
  seen?: boolean;
}

test('files, quotes, reactions and the window, then a template where it is closed', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const phone = phoneOf(page);
  const number = await phone('numbers', { waba: '77001', verified_name: 'Marlow' });
  const connection = await api.made<Connection>('/connections', {
    channel: 'whatsapp',
    sandbox: true,
    name: 'Marlow on WhatsApp',
    credentials: {
      phone_number_id: number.id,
      waba_id: '77001',
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: 'story-verify-token',
    },
  });
  await phone('templates', {
    waba: '77001',
    name: 'back_in_stock',
    language: 'en',
    category: 'UTILITY',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{1}}, good news: *{{2}}* is back in our shop.',
        example: { body_text: [['Emily', 'the blue bowl']] },
      },
      { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Reserve one' }] },
    ],
  });
  // more than any list loads at once, all of them before it by name
  for (let from = 0; from < 210; from += 30)
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        phone('templates', {
          waba: '77001',
          name: `autumn_${from + index}`,
          language: 'en',
          category: 'UTILITY',
          components: [{ type: 'BODY', text: 'Hello from the shop.' }],
        }),
      ),
    );
  await api.done(`/whatsapp_templates/sync`, { connection_id: connection.id });

  const emily = '447700900611';
  await phone('people', { people: [{ wa_id: emily, name: 'Emily Davis' }] });
  const says = async (what: object) =>
    (await phone('message', { number: number.id, person: emily, ...what })).message as Shown;
  const chat = async () => (await phone(`chats/${emily}?number=${number.id}`)).messages as Shown[];
  const photo = await aPicture(640, 420).jpeg().toBuffer();
  const asked = await says({
    image: { base64: photo.toString('base64'), caption: 'Do you have this one in blue?' },
  });
  await says({
    audio: { base64: aVoiceNote().toString('base64'), mime_type: 'audio/ogg; codecs=opus', voice: true },
  });
  await says({ document: { base64: aPdf().toString('base64'), filename: 'room-plan.pdf' } });
  await page.goto('/inbox');
  await page.getByRole('link', { name: /Emily Davis/ }).click();
  const thread = page.getByRole('region', { name: 'Conversation with Emily Davis' });
  const image = thread.getByRole('img', { name: 'Picture' });
  await image.waitFor();
  await expect
    .poll(() => image.evaluate((node: unknown) => (node as { naturalWidth: number }).naturalWidth))
    .toBe(640);
  await thread.getByRole('link', { name: /room-plan\.pdf/ }).waitFor();
  await expect
    .poll(() => thread.locator('audio').evaluate((node: unknown) => (node as { duration: number }).duration))
    .toBeGreaterThan(0);
  await thread.getByText(/Free replies for 23 h 5\d min/).waitFor();
  // opening it is what the person is shown as read
  await expect.poll(async () => (await chat()).filter((one) => one.seen).length).toBeGreaterThan(0);
  const question = thread.getByRole('article').filter({ hasText: 'Do you have this one in blue?' });
  await question.hover();
  await question.getByRole('button', { name: 'React to this message' }).click();
  await page.getByRole('button', { name: 'React with 👍' }).click();
  await question.getByText('👍').waitFor();
  await question.hover();
  await question.getByRole('button', { name: 'Quote this message' }).click();
  const field = thread.getByRole('textbox', { name: 'Reply' });
  await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toBe('Reply');
  await thread.locator('input[type=file]').setInputFiles({
    name: 'blue-bowl.png',
    mimeType: 'image/png',
    buffer: await aPicture(500, 400).png().toBuffer(),
  });
  await thread.getByText('blue-bowl.png').waitFor();
  await field.fill('Yes, this one. It is on its way to you on Friday.');
  await expect
    .poll(async () => (await phone(`chats/${emily}?number=${number.id}`)).typing_until)
    .not.toBeNull();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'writing');
  await field.press('Enter');
  await expect.poll(async () => (await chat()).at(-1)?.type).toBe('image');
  const sent = (await chat()).at(-1)!;
  expect(sent.context).toBe(asked.id);
  expect((await chat()).find(({ id }) => id === asked.id)?.reaction_from_business).toBe('👍');
  await phone('react', { number: number.id, person: emily, message_id: sent.id, emoji: '❤️' });
  await thread.getByText('❤️').waitFor();
  await picture(page, 'thread');

  const dan = await api.made<Contact>('/contacts', {
    first_name: 'Daniel',
    last_name: 'Miller',
    phone: '+447700900612',
  });
  await phone('people', { people: [{ wa_id: '447700900612', name: 'Daniel Miller' }] });
  const closed = await api.made<Conversation>('/conversations', {
    contact_id: dan.id,
    connection_id: connection.id,
  });
  expect(closed.window).toEqual({ open: false, until: null });
  await page.goto(`/inbox/${closed.id}`);
  await page.getByText('Until they write, WhatsApp takes approved templates only.').waitFor();
  const choice = page.getByRole('combobox', { name: 'Approved template' });
  await choice.click();
  await page.getByRole('option', { name: 'autumn_0 (en)' }).waitFor();
  expect(await page.getByRole('option', { name: /back_in_stock/ }).count()).toBe(0);
  await choice.fill('stock');
  await page.getByRole('option', { name: /back_in_stock/ }).click();
  const send = page.getByRole('button', { name: 'Send template' });
  expect(await send.isDisabled()).toBe(true);
  await page.getByLabel('Text, {{1}}').fill('Daniel');
  await page.getByLabel('Text, {{2}}').fill('the blue bowl');
  await page.getByRole('region', { name: 'As it will read' }).getByText('the blue bowl').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'template');
  await send.click();
  await page.getByRole('log').getByText('Reserve one').waitFor();
  await expect
    .poll(async () => (await phone(`chats/447700900612?number=${number.id}`)).messages.at(-1)?.shown?.body)
    .toBe('Hello Daniel, good news: *the blue bowl* is back in our shop.');
  await picture(page, 'closed');
  expect(troubles).toEqual([]);
});
