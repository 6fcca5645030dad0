// The main story, in the order a newcomer lives it: first start, sign in, compose, send, watch, look it up, be answered.
// Each test goes on where the one before stopped.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../contract/campaigns.ts';
import type { Delivery } from '../contract/deliveries.ts';
import {
  isSameDocument,
  keepPicturesOfFailures,
  launchBrowser,
  markDocument,
  signIn,
  type Visitor,
  visit,
  watchText,
} from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Chat, type Control, controlAt, counts, phoneOf, writeFrom } from './phone.ts';
import { parseCsv } from './send-log.ts';
import { goStep, pressSend } from './wizard.ts';

const campaignName = 'Winter glaze, first firing';
const person = 'Priya Nandakumar';
const answer = 'Is the blue one still there?';
const reply = 'Two of them are. Shall I keep one for you?';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let phones: Page;
let control: Control;
let campaignId: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [carillon, browser] = await Promise.all([startCarillon(), launchBrowser()]);
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

const read = async <T>(path: string): Promise<T> => {
  const response = await page.request.get(`/api/v1${path}`);
  expect(response.status(), path).toBe(200);
  return (await response.json()) as T;
};

test('the first start plays the demo in the terminal and ends with a report that adds up', async () => {
  const said = carillon.output();
  const sums = /(\d+) sent \+ (\d+) failed \+ (\d+) skipped \+ (\d+) unknown = (\d+) planned/.exec(said);
  const [sent, failed, skipped, unknown, planned] = (sums ?? []).slice(1).map(Number) as number[];
  expect(planned).toBe(156);
  expect(sent! + failed! + skipped! + unknown!).toBe(planned);
  expect(said).toMatch(/The emulator received \d+ messages, 0 twice/);
  expect(said).toContain(`Panel     ${carillon.url}`);
});

test('the email and password of the terminal open the panel', async () => {
  const [, email, password] = /Email +(\S+)[\s\S]*Password +(\S+)/.exec(carillon.output()) ?? [];
  await signIn(page, email!, password!);
  await page.getByText('Flash Offer – 50% Off Today').first().waitFor();
  const cookies = await visitor.context.cookies();
  control = controlAt(`${carillon.url}/sandbox`, cookies.map((one) => `${one.name}=${one.value}`).join('; '));
});

test('a message with picture, formatting and a variable is previewed as a real contact will see it', async () => {
  await page.getByRole('button', { name: 'Add campaign' }).click();
  await page.getByLabel('Campaign name').fill(campaignName);
  await goStep(page, 'Message');
  const text = page.getByLabel('Message text');
  await text.fill('Dear ');
  await page.getByRole('button', { name: 'Variable' }).click();
  await page.getByRole('menuitem', { name: 'First name' }).click();
  await expect.poll(() => text.inputValue()).toBe('Dear {{ contact.first_name | default: "there" }}');
  await text.press('End');
  await text.pressSequentially(', the kiln is ');
  await page.getByRole('button', { name: 'Bold' }).click();
  await text.pressSequentially('hot');
  await expect.poll(() => text.inputValue()).toMatch(/, the kiln is \*hot\*$/);
  await page.getByLabel('Files to send').setInputFiles({
    name: 'glaze.png',
    mimeType: 'image/png',
    buffer: await sharp({ create: { width: 640, height: 400, channels: 3, background: '#2a6f97' } })
      .png()
      .toBuffer(),
  });
  const preview = page.getByTestId('preview');
  await preview.locator('img').waitFor();
  await page.getByRole('button', { name: 'Next contact' }).click();
  const contact = (await page.getByTestId('preview-contact').textContent()) ?? '';
  await preview.getByText(`Dear ${contact.split(' ')[0]}, the kiln is`).waitFor();
  expect(await preview.locator('strong, b').textContent()).toBe('hot');
  expect(
    await preview
      .locator('img')
      .evaluate((image: unknown) => (image as { naturalWidth: number }).naturalWidth),
  ).toBeGreaterThan(0);
  await page.getByText(/^Saved \d\d:\d\d/).waitFor();
  campaignId = /campaigns\/(cmp_[^/]+)\/edit/.exec(page.url())?.[1] ?? '';
});

test('a test message arrives on one sandbox phone, as it was previewed', async () => {
  await page.getByRole('button', { name: 'Send test' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Search people').fill(person);
  await dialog.getByRole('checkbox', { name: person }).check();
  await dialog.getByRole('button', { name: 'Send test to 1 person' }).click();
  phones = await visitor.tab();
  await phones.goto('/sandbox/phones/');
  const phone = await phoneOf(phones, person);
  await phone.getByText('Dear Priya, the kiln is').waitFor();
  expect(
    await phone
      .getByText('hot', { exact: true })
      .evaluate((node: unknown) => (node as { tagName: string }).tagName),
  ).toMatch(/^(B|STRONG)$/);
  const { chats } = await control<{ chats: Chat[] }>(`chats?search=${encodeURIComponent(person)}`);
  expect(chats[0]?.messages.at(-1)).toMatchObject({ caption: 'Dear Priya, the kiln is hot' });
  expect(chats[0]?.messages.at(-1)?.photo?.length).toBeGreaterThan(0);
});

test('Send says how many will get it and who is left out; then the figures move by themselves', async () => {
  const audience = await read<Record<'total' | 'reachable' | 'opted_out', number>>(
    `/campaigns/${campaignId}/audience`,
  );
  expect(audience.opted_out).toBe(2);
  // one more word after the test, so that the emulator's "sent twice" knows the two apart
  await page.getByLabel('Message text').press('Control+End');
  await page.getByLabel('Message text').pressSequentially(' now');
  await pressSend(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: `Send to ${audience.reachable} people now?` }).waitFor();
  const facts = await dialog.getByLabel('Audience').textContent();
  expect(facts).toMatch(/Left out: opted out\s*2 people/);
  expect(facts).toMatch(/Left out: blocked the bot or deleted their account\s*4 people/);
  expect(facts).toMatch(/Left out: have not started a chat on this connection\s*3 people/);
  await markDocument(page);
  await dialog.getByRole('button', { name: `Send to ${audience.reachable} people` }).click();
  await page.getByRole('heading', { name: campaignName, level: 1 }).waitFor();
  const seen = await watchText(page, '[data-testid="progress-sum"]');
  await expect.poll(() => page.getByLabel('Progress').textContent(), { timeout: 60_000 }).toMatch(/Finished/);
  const sums = await seen();
  // slower than four a second would be the safety net of one look in five seconds
  expect(sums.length).toBeGreaterThan(5);
  for (const sum of sums) expect(sum).toMatch(/= 156 planned$/);
  expect(await isSameDocument(page)).toBe(true);
  await page.getByText('Published').first().waitFor();
});

test('the report adds up and agrees with the emulator, which counted nobody twice', async () => {
  const report = await read<Report>(`/campaigns/${campaignId}/report`);
  expect(report.sent + report.failed + report.skipped + report.unknown).toBe(report.planned);
  expect(report).toMatchObject({ planned: 156, queued: 0, sending: 0, unknown: 0 });
  await expect
    .poll(() => page.getByTestId('progress-sum').textContent())
    .toBe(`${report.sent} + ${report.skipped} + ${report.failed} = ${report.planned} planned`);
  const { chats } = await control<{ chats: Chat[] }>('chats?limit=500');
  const arrived = chats.map(
    (chat) => chat.messages.filter((one) => /^Dear .*, the kiln is hot now$/.test(one.caption ?? '')).length,
  );
  expect(arrived.filter((copies) => copies === 1).length).toBe(report.sent);
  expect(arrived.filter((copies) => copies > 1)).toEqual([]);
  expect(await counts(control, 'marlow_ceramics_bot')).toMatchObject({ sent_twice: 0 });
});

test('the send log finds a person, filters by state, and its CSV holds everybody', async () => {
  const log = page.getByRole('region', { name: 'Send log' });
  await log.getByRole('button', { name: /^Skipped/ }).click();
  const rows = log.getByRole('table').locator('tbody tr');
  const { data: skipped } = await read<{ data: Delivery[] }>(
    `/campaigns/${campaignId}/deliveries?state=skipped&limit=50`,
  );
  await expect.poll(() => rows.count()).toBe(skipped.length);
  for (const text of await rows.allTextContents()) expect(text).toMatch(/Skipped/);
  await log.getByRole('button', { name: 'All', exact: true }).click();
  await log.getByLabel('Name or address').fill(person);
  await expect.poll(() => rows.allTextContents()).toHaveLength(1);
  expect(await rows.first().textContent()).toMatch(/Priya Nandakumar[\s\S]*Sent/);
  // the file holds what the list shows: one person, and without a filter everybody
  const exported = async () => {
    const download = page.waitForEvent('download');
    await log.getByRole('link', { name: 'Export CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^send-log-\d+\.csv$/);
    return parseCsv(readFileSync(await file.path(), 'utf8'));
  };
  expect((await exported()).map((row) => row.name)).toEqual([person]);
  await log.getByLabel('Name or address').fill('');
  await expect.poll(() => rows.count()).toBeGreaterThan(1);
  const report = await read<Report>(`/campaigns/${campaignId}/report`);
  const csv = await exported();
  expect(csv.length).toBe(report.planned);
  expect(csv.filter((row) => row.state === 'sent').length).toBe(report.sent);
  expect(csv.filter((row) => row.state === 'skipped').length).toBe(report.skipped);
  expect(csv.find((row) => row.name === person)).toMatchObject({ state: 'sent', attempts: '1' });
  await log.getByLabel('Name or address').fill(person);
});

test('the person’s thread holds the message as a campaign card', async () => {
  await page.getByRole('link', { name: `Thread with ${person}` }).click();
  const thread = page.getByRole('region', { name: `Conversation with ${person}` });
  const card = thread.getByRole('article').filter({ hasText: `Campaign: ${campaignName}` });
  await card.getByText('Dear Priya, the kiln is').waitFor();
  await card.locator('img').waitFor();
  expect(await card.getByRole('link', { name: campaignName }).getAttribute('href')).toBe(
    `/campaigns/${campaignId}`,
  );
});

test('what is written on the phone appears in the inbox by itself, and the answer on the phone', async () => {
  await page.goto('/inbox');
  const list = page.getByRole('region', { name: 'Conversations' });
  await list.getByRole('listitem').first().waitFor();
  await markDocument(page);
  const phone = await phoneOf(phones, person);
  await writeFrom(phone, answer);
  const row = list.getByRole('link').filter({ hasText: person });
  await row.filter({ hasText: answer }).waitFor();
  await row.getByText('1 unread').waitFor();
  await row.click();
  const thread = page.getByRole('region', { name: `Conversation with ${person}` });
  await thread
    .getByRole('article', { name: `From ${person}` })
    .getByText(answer)
    .waitFor();
  await thread.getByLabel('Reply').fill(reply);
  await thread.getByRole('button', { name: 'Send' }).click();
  await phone.getByText(reply).waitFor();
  await thread.getByRole('article').filter({ hasText: reply }).getByText('Sent').waitFor();
  // and once more while the thread is open
  await writeFrom(phone, 'Yes please');
  await thread.getByText('Yes please').waitFor();
  expect(await isSameDocument(page)).toBe(true);
  const { chats } = await control<{ chats: Chat[] }>(`chats?search=${encodeURIComponent(person)}`);
  expect(chats[0]?.messages.filter((one) => one.text === reply)).toHaveLength(1);
  expect(await counts(control, 'marlow_ceramics_bot')).toMatchObject({ sent_twice: 0 });
});

test('nothing went wrong in the browser on the way', () => {
  expect(visitor.troubles).toEqual([]);
});
