// A campaign through its six steps, planned in Tokyo, moved, and sent by the scheduler when the clock gets there; then one that
// repeats every Friday over a change of the clocks, up to its end date. The emulator counts what arrived.
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { inWords, localTimeOf } from '../contract/zones.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { until } from './carillon.ts';
import { type Clocked, startClocked } from './clocked.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';
import { goStep, pressSend, stepAddress } from './wizard.ts';

const crowd = 20;
const dayMs = 86_400_000;
let emulator: Emulator;
let clocked: Clocked;
let browser: Browser;
let visitor: Visitor;
let api: Api;
let connection: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  clocked = await startClocked(emulator.url);
  api = apiOf(clocked);
  const ids = await emulator.crowd(crowd);
  ({ id: connection } = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  }));
  await api.done('/contacts/batch', {
    contacts: ids.map((id, index) => ({
      first_name: `Person${id}`,
      // everybody is a customer, every fourth of them bought yesterday
      tags: index % 4 === 0 ? ['customer', 'yesterday'] : ['customer'],
      identities: [{ connection_id: connection, address: String(id) }],
    })),
  });
  visitor = await visit(browser, { url: clocked.url });
  await signIn(visitor.page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await clocked?.stop();
  emulator?.program.signal('SIGTERM');
});

const read = (id: string) => api.read<Campaign>(`/campaigns/${id}`);
const segment = async (name: string, tag: string) =>
  (
    await api.made<{ id: string }>('/segments', {
      name,
      rule: { field: 'tag', op: 'any_of', values: [tag] },
    })
  ).id;

test('six steps, a segment less another, picture and button, in Tokyo, moved, sent at its hour', async () => {
  const { page } = visitor;
  const audience = {
    segment_ids: [await segment('Customers', 'customer')],
    exclude: { segment_ids: [await segment('Bought yesterday', 'yesterday')] },
  };
  const { id } = await api.made<Campaign>('/campaigns', {
    name: 'Kiln opening',
    connection_id: connection,
    audience,
    content: { buttons: [{ text: 'See the kiln', url: 'https://shop.example/kiln' }] },
  });
  await page.goto(stepAddress(id, 'Details'));
  await page.getByLabel('Campaign name').fill('Kiln opening day');
  await goStep(page, 'Audience');
  await goStep(page, 'Message');
  await page.getByLabel('Message text').fill('The kiln opens, {{ contact.first_name }}.');
  await page.getByLabel('Files to send').setInputFiles({
    name: 'kiln.png',
    mimeType: 'image/png',
    buffer: await sharp({ create: { width: 640, height: 400, channels: 3, background: '#b5532a' } })
      .png()
      .toBuffer(),
  });
  await page.getByTestId('preview').locator('img').waitFor();
  await goStep(page, 'Schedule');
  const local = `${localTimeOf(new Date(Date.now() + 2 * dayMs), 'Asia/Tokyo').slice(0, 10)}T09:00`;
  const hour = new Date(`${local}:00+09:00`);
  await page.getByText('At a time', { exact: true }).click();
  await page.getByLabel('Date and time').fill(local);
  // what is typed takes the place of the zone that stands there, and Enter takes the first that fits
  await page.getByRole('combobox', { name: 'Time zone' }).click();
  await page.keyboard.type('Atlantis');
  await page.getByText('No zone matches').waitFor();
  await page.getByRole('combobox', { name: 'Time zone' }).selectText();
  await page.keyboard.type('Japan');
  await page.getByRole('option', { name: /Asia\/Tokyo.*Japan, UTC\+09:00/ }).waitFor();
  await page.keyboard.press('Enter');
  expect(await page.getByRole('combobox', { name: 'Time zone' }).inputValue()).toBe('Asia/Tokyo');
  // and the keyboard stays where it was
  expect(await page.locator(':focus').getAttribute('role')).toBe('combobox');
  await page.getByRole('option').first().waitFor({ state: 'hidden' });
  await page.getByText(`Goes out on ${inWords(hour, 'Asia/Tokyo')} in Tokyo, which is`).waitFor();
  await goStep(page, 'Settings');
  await pressSend(page, 'Schedule');
  await page.getByRole('button', { name: `Schedule for ${(crowd * 3) / 4} people` }).click();
  await until('it is scheduled', async () => (await read(id)).status === 'scheduled');
  expect((await read(id)).scheduled_at).toBe(hour.toISOString());

  // half an hour later would do
  const later = new Date(hour.getTime() + 1_800_000);
  await page.goto(stepAddress(id, 'Schedule'));
  await page.getByLabel('Date and time').fill(`${local.slice(0, 11)}09:30`);
  // it goes out by itself: nothing of it is stored before Update, and a reload loses nothing
  await page.getByText('Not updated yet').waitFor();
  await page.reload();
  expect(await page.getByLabel('Date and time').inputValue()).toBe(`${local.slice(0, 11)}09:30`);
  await goStep(page, 'Message');
  await page.getByLabel('Message text').fill('Half a sen');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await expect
    .poll(() => page.getByLabel('Message text').inputValue())
    .toBe('The kiln opens, {{ contact.first_name }}.');
  await goStep(page, 'Schedule');
  expect(await page.getByLabel('Date and time').inputValue()).toBe(local);
  await page.getByLabel('Date and time').fill(`${local.slice(0, 11)}09:30`);
  expect((await read(id)).scheduled_at).toBe(hour.toISOString());
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await until('it is moved', async () => (await read(id)).scheduled_at === later.toISOString());

  await clocked.goTo(new Date(hour.getTime() + 60_000));
  expect((await read(id)).status).toBe('scheduled');
  await clocked.goTo(later);
  await until('it is sent', async () => (await read(id)).status === 'published');
  expect(await counts(emulator.control, emulator.bot.id)).toMatchObject({
    accepted: (crowd * 3) / 4,
    duplicates_total: 0,
  });
  expect(await api.read(`/campaigns/${id}/report`)).toMatchObject({
    planned: crowd,
    sent: (crowd * 3) / 4,
    skipped: crowd / 4,
  });
  expect(visitor.troubles).toEqual([]);
});

test('every Friday at nine in London, over the change of the clocks, up to its end date', async () => {
  const { page } = visitor;
  // two Fridays before the clocks go forward, two after: 26 March 2027 is the last in winter time
  const { id } = await api.made<Campaign>('/campaigns', {
    name: 'Friday letter',
    connection_id: connection,
    content: { text: 'It is Friday.' },
    schedule: {
      mode: 'recurring',
      rrule: 'FREQ=WEEKLY;BYDAY=FR',
      local: '2027-03-19T09:00',
      time_zone: 'Europe/London',
      until: '2027-04-09',
    },
  });
  await page.goto(stepAddress(id, 'Schedule'));
  await page.getByText('Every Friday at 09:00 in London, until 9 Apr 2027').waitFor();
  const dates = page.getByLabel('Next dates').getByRole('listitem');
  expect(await dates.count()).toBe(4);
  await page.getByRole('button', { name: 'Leave out Fri, 9 Apr 2027, 09:00' }).click();
  await expect.poll(() => dates.count()).toBe(3);
  await page.getByText(/moved forward by the length of the jump/).waitFor();
  await pressSend(page, 'Schedule');
  await page.getByRole('button', { name: `Schedule for ${crowd} people` }).click();
  await until('it is scheduled', async () => (await read(id)).status === 'scheduled');
  // weeks pass: nobody looks on, and the session ends
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
  const before = (await counts(emulator.control, emulator.bot.id)).accepted;
  const hours = ['2027-03-19T09:00:00.000Z', '2027-03-26T09:00:00.000Z', '2027-04-02T08:00:00.000Z'];
  for (const [index, hour] of hours.entries()) {
    expect((await read(id)).next_at).toBe(hour);
    await clocked.goTo(new Date(Date.parse(hour) - 60_000));
    expect((await read(id)).status).toBe('scheduled');
    await clocked.goTo(new Date(hour));
    const arrived = before + (index + 1) * crowd;
    await until('everybody has it', async () => {
      const { accepted } = await counts(emulator.control, emulator.bot.id);
      return accepted === arrived && !['sending', 'paused'].includes((await read(id)).status);
    });
  }
  expect(await read(id)).toMatchObject({
    status: 'published',
    next_at: null,
    occurrences: { done: 3, left: 0 },
  });
  const { data } = await api.read<{ data: { occurrence_at: string; sent: number }[] }>(
    `/campaigns/${id}/runs`,
  );
  expect(data.map((run) => [run.occurrence_at, run.sent])).toEqual(
    hours.toReversed().map((hour) => [hour, crowd]),
  );
});

test('a test is offered to the test contacts first, and the review names who gets the campaign', async () => {
  const { page } = await visit(browser, { url: clocked.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const { data: people } = await api.read<{ data: { id: string; first_name: string }[] }>(
    '/contacts?limit=2',
  );
  const [tester] = people;
  const segment_ids = [await segment('All customers', 'customer')];
  const exclude = { segment_ids: [await segment('Yesterday', 'yesterday')] };
  const { id } = await api.made<Campaign>('/campaigns', {
    name: 'Tried first',
    connection_id: connection,
    audience: { segment_ids, exclude },
    content: { text: 'Is it well?', buttons: [{ text: 'Look', url: 'https://shop.example/look' }] },
  });
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Choose test contacts' }).click();
  const chooser = page.getByRole('dialog', { name: 'Test contacts' });
  await chooser.getByRole('checkbox', { name: tester?.first_name ?? '' }).check();
  await chooser.getByRole('button', { name: 'Save 1 person' }).click();
  await page.getByText('Test contacts saved').waitFor();
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByText(/^All customers( \(\d+\))?$/).waitFor();
  await page.getByText(/^Excluded: Yesterday/).waitFor();
  await page.getByText(/^\d+ people will receive it, \d+ others will not$/).waitFor();
  await page.getByText('Look → https://shop.example/look').waitFor();
  await page.getByRole('button', { name: 'Send test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test' });
  await expect.poll(() => dialog.getByRole('checkbox').count()).toBe(1);
  const { accepted } = await counts(emulator.control, emulator.bot.id);
  await dialog.getByRole('button', { name: 'Send test to 1 person' }).click();
  await until(
    'it has arrived',
    async () => (await counts(emulator.control, emulator.bot.id)).accepted === accepted + 1,
  );
});
