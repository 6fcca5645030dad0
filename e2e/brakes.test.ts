// The two brakes as a person meets them: a canary that stops a campaign and is overridden, and a connection whose platform
// stops answering and comes back by itself. Each test goes on where the one before stopped.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../contract/campaigns.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Chat, type Control, controlAt, counts } from './phone.ts';
import { goStep, pressSend } from './wizard.ts';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let control: Control;
let bot: string;
let cookie: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [carillon, browser] = await Promise.all([startCarillon(), launchBrowser()]);
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  const [, email, password] = /Email +(\S+)[\s\S]*Password +(\S+)/.exec(carillon.output()) ?? [];
  await signIn(page, email!, password!);
  const cookies = await visitor.context.cookies();
  cookie = cookies.map((one) => `${one.name}=${one.value}`).join('; ');
  control = controlAt(`${carillon.url}/sandbox`, cookie);
  bot = String((await control<{ bots: { id: number }[] }>('bots')).bots[0]?.id);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

async function aDraft(name: string) {
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Add campaign' }).click();
  await page.getByLabel('Campaign name').fill(name);
  await goStep(page, 'Message');
  await page.getByLabel('Message text').fill(`${name} is here.`);
  await goStep(page, 'Settings');
}
async function send(before?: () => Promise<unknown>) {
  await page.getByText('Saved', { exact: false }).first().waitFor();
  await pressSend(page);
  const confirm = page.getByRole('button', { name: /^Send to \d+ people$/ });
  await confirm.waitFor();
  await before?.();
  await confirm.click();
  await page.getByRole('region', { name: 'Progress' }).waitFor();
}

test('a canary of ten people is set in the composer, and the confirmation says what it means', async () => {
  await aDraft('Spring glaze');
  await page.getByLabel('Try it on a few people first').check();
  await expect.poll(() => page.getByLabel('How many first').inputValue()).toBe('100');
  await page.getByLabel('How many first').fill('10');
  await page.getByLabel('Wait after the last of them, minutes').fill('15');
  await page.getByRole('textbox', { name: 'block the bot' }).fill('5');
  await page.getByText('Saved', { exact: false }).first().waitFor();
  await pressSend(page);
  await page.getByText('10 people, then a wait of 15 min 0 s').waitFor();
  await page.getByRole('button', { name: 'Go back' }).click();
});

test('it stops the campaign when too many block the bot; everybody else is untouched', async () => {
  const { chats } = await control<{ chats: Chat[] }>(`chats?bot=${bot}&limit=500&messages=0`);
  // people; the demo's bot is in a group and a channel as well
  const open = chats.filter((chat) => chat.state === 'open' && chat.id > 0);
  expect(open.length).toBeGreaterThan(100);
  // nine of ten, without an update: who is asked learns it
  for (const [index, chat] of open.entries())
    if (index % 10 !== 0) await control('state', { bot: Number(bot), user: chat.id, state: 'blocked' });
  const before = (await counts(control, bot)).accepted;
  await send();
  await page.getByText('Stopped', { exact: true }).waitFor();
  await page
    .getByText(/^Canary stopped: \d+ of 10 people blocked the bot \(\d+\.0 %, limit 5 %\)\./)
    .waitFor();
  const after = (await counts(control, bot)).accepted;
  expect(after - before).toBeLessThanOrEqual(10);
  const left = page.getByText('Left to send');
  await left.waitFor();
  for (const chat of open) await control('state', { bot: Number(bot), user: chat.id, state: 'open' });
});

test('a person who continues anyway is told what that does, and it is done', async () => {
  await page.getByRole('button', { name: 'Continue anyway' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Canary stopped').waitFor();
  await dialog.getByRole('button', { name: 'Continue anyway' }).click();
  await page.getByText(/^Continues although the canary was stopped: \d+ people will be messaged/).waitFor();
  await page.getByText('Continued anyway', { exact: true }).waitFor();
  await page.getByText('Published').first().waitFor();
  expect((await counts(control, bot)).duplicates_total).toBe(0);
});

test('a platform that stops answering stops the connection, in words, and nobody fails', async () => {
  await aDraft('Autumn glaze');
  await send(() => control('faults', { kind: 'http_500', bot: Number(bot), methods: ['*'] }));
  await page
    .getByText(/^Sending has stood still since .* calls in a row went wrong.*You need do nothing/)
    .waitFor({ timeout: 60_000 });
  await page.goto('/connections');
  await page.getByText('Not answering', { exact: true }).first().waitFor();
  await page
    .getByRole('link', { name: /^Limits of/ })
    // newest first: the demo's number on WhatsApp, then its bot
    .last()
    .click();
  await page.getByText(/^asked again at \d\d:\d\d:\d\d$/).waitFor();
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('Telegram is being asked now').waitFor();
});

test('it comes back by itself: asked, one message at a time, then at full speed; nobody got it twice', async () => {
  await fetch(`${carillon.url}/sandbox/control/faults`, { method: 'DELETE', headers: { cookie } });
  await page.goto('/connections');
  await page.getByText('Connected', { exact: true }).first().waitFor({ timeout: 90_000 });
  await page.goto('/campaigns');
  await page.getByText('Autumn glaze').first().click();
  // the list behind the click names other campaigns that are published
  await page.getByRole('heading', { name: 'Autumn glaze' }).waitFor();
  await page.getByText('Published').first().waitFor({ timeout: 60_000 });
  const id = page.url().split('/').at(-1);
  const response = await page.request.get(`/api/v1/campaigns/${id}/report`);
  const { queued, failed, sent, planned, skipped } = (await response.json()) as Report;
  expect({ queued, failed }).toEqual({ queued: 0, failed: 0 });
  expect(sent + skipped).toBe(planned);
  expect((await counts(control, bot)).duplicates_total).toBe(0);
  expect(visitor.troubles).toEqual([]);
});
