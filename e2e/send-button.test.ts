// Send pressed at once after the last key: it is the message on screen that is judged, stored and looked at, whatever the live
// preview has found out by then.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { goStep, pressSend } from './wizard.ts';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [carillon, browser] = await Promise.all([startCarillon(), launchBrowser()]);
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  const [, email, password] = /Email +(\S+)[\s\S]*Password +(\S+)/.exec(carillon.output()) ?? [];
  await signIn(page, email!, password!);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

const whole = 'Hello {{ contact.first_name | default: "there" }}';
const broken = 'Hello {{ contact.first_name';
const text = () => page.getByLabel('Message text');
const press = () => pressSend(page);
const dialog = () => page.getByRole('button', { name: /^Send to \d+ people$/ });
const summary = () => page.getByText('Not ready to send yet:');
async function aDraft(name: string) {
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Add campaign' }).click();
  await page.getByLabel('Campaign name').fill(name);
  await goStep(page, 'Message');
}
/** The live preview's answer to a message that holds these words. */
const verdictOn = (words: string) =>
  page.waitForResponse(
    (response) =>
      response.url().endsWith('/campaigns/preview') &&
      JSON.parse(response.request().postData() ?? '{}').content?.text === words,
  );

test('an empty message that is filled and sent at once opens the last look', async () => {
  const onNothing = verdictOn('');
  await aDraft('From nothing');
  await onNothing;
  await text().fill(whole);
  await press();
  await dialog().waitFor();
  await page.getByRole('button', { name: 'Go back' }).click();
});

test('a right message that is broken and sent at once names what is wrong, and opens nothing', async () => {
  await aDraft('From right to broken');
  const onWhole = verdictOn(whole);
  await text().fill(whole);
  await onWhole;
  await text().fill(broken);
  await press();
  await summary().waitFor();
  expect(await dialog().count()).toBe(0);
  const inFocus = await page.evaluate<string>('document.activeElement.textContent');
  expect(inFocus).toContain('Not ready to send yet:');
});

test('a broken message that is mended and sent at once opens the last look: old verdicts do not count', async () => {
  await goStep(page, 'Message');
  await text().fill(whole);
  await press();
  await dialog().waitFor();
  expect(await summary().count()).toBe(0);
  await page.getByRole('button', { name: 'Go back' }).click();
});

test('a number beyond its limit stays as it was typed, is marked, and nothing is sent with another one', async () => {
  const speed = page.getByLabel('Messages per minute, at most');
  for (const typed of ['90000', '0']) {
    await goStep(page, 'Settings');
    await speed.fill('');
    await speed.pressSequentially(typed);
    await press();
    await summary().waitFor();
    // what stands in the step is what was typed, also after it was left
    await goStep(page, 'Settings');
    expect((await speed.inputValue()).replaceAll(/\D/g, '')).toBe(typed);
    expect(await speed.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog().count()).toBe(0);
  }
  await speed.fill('600');
  await press();
  await dialog().waitFor();
  await page.getByRole('button', { name: 'Go back' }).click();
  expect(visitor.troubles).toEqual([]);
});
