// Bad input in the panel: the reason stands beside the field, what was typed stays, and of two tabs the second is told.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';
import { goStep, pressSend, stepAddress } from './wizard.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;
let connectionId: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  const env = {
    ...owner,
    TELEGRAM_API_ROOT: emulator.url,
    SANDBOX: 'off',
    DATABASE_URL: await testDatabase(),
  };
  carillon = await startCarillon({ env });
  api = apiOf(carillon);
  const made = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  connectionId = made.id;
  const [address] = await emulator.crowd(1);
  await api.made('/contacts', {
    first_name: 'Ann',
    identities: [{ connection_id: connectionId, address: String(address) }],
  });
  visitor = await visit(browser, { url: carillon.url, refusals: [404, 409, 413, 422] });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

async function openDraft(tab: Page, text = 'Hello'): Promise<Campaign> {
  const campaign = await api.made<Campaign>('/campaigns', {
    name: 'Spring sale',
    connection_id: connectionId,
    content: { text },
  });
  await tab.goto(stepAddress(campaign.id, 'Message'));
  await tab.getByLabel('Message text').waitFor();
  return campaign;
}

test('a mistake in the template is named with its line beside the text, and Send goes no further', async () => {
  const { id } = await openDraft(page);
  const text = page.getByLabel('Message text');
  const wrong = 'Good morning\n\nDear {{ contact.frist_name }}';
  await text.fill(wrong);
  await page
    .getByText(/line 3.*frist_name|frist_name.*line 3/i)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Go to line 3' }).waitFor();
  await expect.poll(() => text.getAttribute('aria-invalid')).toBe('true');
  await pressSend(page);
  await page.getByText('Not ready to send yet').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  // the named problem leads back to its field
  await page
    .getByRole('button', { name: /frist_name/ })
    .first()
    .click();
  expect(await text.inputValue()).toBe(wrong);
  // a wrong draft is still a draft: it is kept for later
  await expect.poll(async () => (await api.read<Campaign>(`/campaigns/${id}`)).content.text).toBe(wrong);
});

test('too long a text says by how much, and is kept', async () => {
  await openDraft(page);
  await page.getByLabel('Message text').fill('y'.repeat(4100));
  await page
    .getByText(/4,?096/)
    .first()
    .waitFor();
  await page.getByTestId('counter').getByText('4,100 / 4,096').waitFor();
  await pressSend(page);
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('a file that is no picture, or too large, is refused beside the picture, and the text stays', async () => {
  await openDraft(page, 'Look at this');
  const input = page.getByLabel('Files to send');
  await input.setInputFiles({
    name: 'a.png',
    mimeType: 'image/png',
    buffer: Buffer.from('not a picture at all'),
  });
  await page.getByRole('alert').filter({ hasText: /JPEG/ }).waitFor();
  await input.setInputFiles({
    name: 'big.png',
    mimeType: 'image/png',
    buffer: Buffer.alloc(10 * 1024 * 1024 + 1),
  });
  await page
    .getByRole('alert')
    .filter({ hasText: /up to 10 MB/ })
    .waitFor();
  await page.getByRole('button', { name: 'Use an address instead' }).click();
  await page.getByLabel('Picture address').fill(`${emulator.url}/vase.png`);
  await page.getByText(/^Saved \d\d:\d\d/).waitFor();
  await pressSend(page);
  await page.getByRole('button', { name: 'Send to 1 person' }).click();
  await page
    .getByRole('dialog')
    .getByText(/answered 404.*upload the picture.*Nothing was sent\./)
    .waitFor();
  await page.getByRole('button', { name: 'Go back' }).click();
  await goStep(page, 'Message');
  expect(await page.getByLabel('Message text').inputValue()).toBe('Look at this');
});

test('a contradiction, and a field that is refused, keep nothing else from being stored', async () => {
  const { id } = await openDraft(page, 'Hello');
  const read = () => api.read<Campaign>(`/campaigns/${id}`);
  await goStep(page, 'Schedule');
  await page.getByText('In their own time zone').click();
  await goStep(page, 'Settings');
  await page.getByRole('switch', { name: 'Try several wordings (A/B test)' }).click();
  // the panel suggests what the schedule can have; the figures cannot choose here
  await expect.poll(async () => (await read()).settings.ab?.winner.by).toBe('hand');
  await page.getByRole('combobox', { name: 'Who wins' }).click();
  await page.getByRole('option', { name: 'Most replies' }).click();
  await page.getByLabel('Text of variant B').fill('');
  // a segment that somebody removes meanwhile: the server refuses the audience, and only that
  const segment = await api.made<{ id: string }>('/segments', {
    name: 'Gone soon',
    rule: { field: 'first_name', op: 'equals', value: 'Ann' },
  });
  await goStep(page, 'Audience');
  await page.getByRole('radio', { name: /^Segments/ }).click();
  await page.getByText('Choose a segment to see how many.').first().waitFor();
  expect(await page.getByText('Counting…').count()).toBe(0);
  await page.getByRole('combobox', { name: 'Segments', exact: true }).click();
  await page.getByRole('option', { name: /Gone soon/ }).waitFor();
  // the panel hears of the removal, and asks anew, only once it is chosen
  const chosen = Promise.withResolvers<void>();
  await page.route('**/api/v1/segments?*', async (route) => {
    await chosen.promise;
    await route.continue();
  });
  await api.call('DELETE', `/segments/${segment.id}`);
  await page.getByRole('option', { name: /Gone soon/ }).click();
  chosen.resolve();
  await goStep(page, 'Message');
  await page.getByLabel('Message text').fill('Typed after the refusal');
  await expect.poll(async () => (await read()).content.text).toBe('Typed after the refusal');
  await page.getByText(/^Saved .*, except 1 field to complete/).waitFor();
  await goStep(page, 'Review');
  const list = page.getByRole('region', { name: /things to settle/ });
  for (const words of [/Not stored yet: .*segment/i, /figures cannot choose a winner/, /Variant B: .*empty/])
    await list.getByText(words).waitFor();
  await page.getByText('Not stored yet', { exact: true }).waitFor();
  // what could not be stored is kept here all the same
  await page.reload();
  await page.getByText(/Not stored yet: .*segment/i).waitFor();
  await list.getByRole('button', { name: 'Go to Audience' }).click();
  await page.getByRole('heading', { name: 'Audience', level: 2 }).waitFor({ state: 'attached' });
});

test('two tabs on one draft: the second is told, its text stays, and it can be kept as a copy', async () => {
  const { id } = await openDraft(page);
  const second = await visitor.tab();
  await second.goto(stepAddress(id, 'Message'));
  await second.getByLabel('Message text').waitFor();
  // nothing is unsaved in the second: it follows the first by itself
  await page.getByLabel('Message text').fill('Together');
  await expect.poll(() => second.getByLabel('Message text').inputValue()).toBe('Together');
  // now both are written in, and the first is saved first: the second's save waits until then
  const { promise: firstIsSaved, resolve: letTheSecondSave } = Promise.withResolvers<void>();
  await second.route('**/api/v1/campaigns/*', async (route) => {
    if (route.request().method() === 'PATCH') await firstIsSaved;
    await route.continue();
  });
  await second.getByLabel('Message text').fill('From the second tab');
  await second.getByText('Saving', { exact: true }).waitFor();
  await page.getByLabel('Message text').fill('From the first tab');
  await expect
    .poll(async () => (await api.read<Campaign>(`/campaigns/${id}`)).content.text)
    .toBe('From the first tab');
  letTheSecondSave();
  await second.getByText('What you typed is still here, but it is not saved.').waitFor();
  expect(await second.getByLabel('Message text').inputValue()).toBe('From the second tab');
  // closing the tab in anger and coming back loses nothing either
  await second.goto(stepAddress(id, 'Message'));
  await second.getByText('What you typed is still here').waitFor();
  expect(await second.getByLabel('Message text').inputValue()).toBe('From the second tab');
  await second.getByRole('button', { name: 'Keep mine as a copy' }).click();
  await expect.poll(() => second.getByLabel('Campaign name').inputValue()).toBe('Spring sale (my copy)');
  await goStep(second, 'Message');
  expect(await second.getByLabel('Message text').inputValue()).toBe('From the second tab');
  expect((await api.read<Campaign>(`/campaigns/${id}`)).content.text).toBe('From the first tab');
});

test('the send button pressed twice in a hurry is one run', async () => {
  const { id } = await openDraft(page, 'Only once');
  await pressSend(page);
  const button = page.getByRole('button', { name: 'Send to 1 person' });
  await button.dblclick();
  await page.getByLabel('Progress').getByText('Finished', { exact: true }).waitFor();
  const { chats } = await emulator.control<{ chats: { messages: { text?: string }[] }[] }>('chats');
  expect(chats.flatMap((chat) => chat.messages).filter((one) => one.text === 'Only once')).toHaveLength(1);
  expect((await api.read<{ data: unknown[] }>(`/campaigns/${id}/deliveries`)).data).toHaveLength(1);
  expect(visitor.troubles).toEqual([]);
});
