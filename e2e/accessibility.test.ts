// Every main screen, light and dark, on a desk and on a phone: nothing that axe calls serious or critical, nothing to scroll
// sideways at 390 px, and a keyboard is enough to get from signing in to Send.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { owner } from './api.ts';
import { launchBrowser, signIn, type VisitorOptions, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
/** Name → address; ids are those of the demo. */
let screens: Record<string, string>;

beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase() };
  // started twice: the demo plays on an installation that nobody has set up, the owner comes with the environment
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  const { page, context } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const first = async (list: string) => {
    const { data } = await (await page.request.get(`/api/v1/${list}`)).json();
    return data[0].id as string;
  };
  const sent = await first('campaigns?status=published');
  screens = {
    campaigns: '/campaigns',
    'campaigns, nothing found': '/campaigns?search=zzz',
    report: `/campaigns/${sent}`,
    composer: `/campaigns/${await first('campaigns?status=draft&kind=broadcast')}/edit`,
    automations: '/automations',
    inbox: '/inbox',
    thread: `/inbox/${await first('conversations')}`,
    contacts: '/contacts',
    contact: `/contacts/${await first('contacts')}`,
    connections: '/connections',
    team: '/team',
    settings: '/settings',
    sandbox: '/sandbox-phones',
    'nothing here': '/campaigns/cmp_oops',
  };
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

/** Goes there and waits until the screen is still: data is there, nothing loads any more. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
}

async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

/** What sticks out on the right, as selectors with their right edge; empty where nothing scrolls sideways. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((node) => node.getBoundingClientRect().right > clientWidth + 1)
      .map((node) => node.tagName + '.' + node.className + ' ' + Math.round(node.getBoundingClientRect().right))
      .slice(0, 8);
  })()`);
}

const looks: [string, Partial<VisitorOptions>][] = [
  ['light, on a desk', { colorScheme: 'light' }],
  ['dark, on a phone', { colorScheme: 'dark', width: 390, height: 844 }],
];
test.each(looks)('%s: no screen has a serious finding, none scrolls sideways', async (_, look) => {
  const visitor = await visit(browser, { url: carillon.url, refusals: [404], ...look });
  const { page } = visitor;
  const findings: Record<string, string[]> = {};
  const note = async (name: string) => {
    const found = [...(await seriousFindings(page)), ...(await sticksOut(page))];
    if (found.length > 0) findings[name] = found;
  };
  await open(page, '/sign-in');
  await note('sign in');
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  for (const [name, address] of Object.entries(screens)) {
    await open(page, address);
    await note(name);
  }
  expect(findings).toEqual({});
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
});

const others: [string, Partial<VisitorOptions>][] = [
  ['dark, on a desk', { colorScheme: 'dark' }],
  ['light, on a phone', { colorScheme: 'light', width: 390, height: 844 }],
];
test.each(others)('%s: the screens of every day', async (_, look) => {
  const { page, context } = await visit(browser, { url: carillon.url, ...look });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  for (const name of ['campaigns', 'report', 'composer', 'thread', 'sandbox']) {
    await open(page, screens[name]!);
    expect([name, ...(await seriousFindings(page)), ...(await sticksOut(page))]).toEqual([name]);
  }
  await context.close();
});

test('at 320 px, the narrowest of phones, the screens of every day do not scroll sideways either', async () => {
  const { page, context } = await visit(browser, { url: carillon.url, width: 320, height: 640 });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  for (const name of ['campaigns', 'report', 'composer', 'inbox', 'thread']) {
    await open(page, screens[name]!);
    expect([name, ...(await sticksOut(page))]).toEqual([name]);
  }
  await context.close();
});

test('a keyboard alone signs in, adds a campaign, writes it, and sends it', async () => {
  const visitor = await visit(browser, { url: carillon.url });
  const { page } = visitor;
  const { keyboard } = page;
  const focused = () =>
    page.evaluate<string>(`(() => {
      const node = document.activeElement;
      return node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent ?? '';
    })()`);
  /** Tab until the focus stands on `name`; each stop on the way must be visible, so that nobody is lost. */
  const tabTo = async (name: string | RegExp) => {
    for (let step = 0; step < 80; step++) {
      const here = (await focused()).trim();
      if (typeof name === 'string' ? here === name : name.test(here)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await page.goto('/');
  await page.getByLabel('Email').waitFor();
  await tabTo('Email');
  await keyboard.type(owner.OWNER_EMAIL);
  await tabTo('Password');
  await keyboard.type(owner.OWNER_PASSWORD);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Add campaign' }).waitFor();
  await tabTo('Add campaign');
  await keyboard.press('Enter');
  await page.getByLabel('Message text').waitFor();
  await tabTo('Message text');
  await keyboard.type('Written without a mouse');
  await page.getByTestId('preview').getByText('Written without a mouse').waitFor();
  await tabTo('Send');
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: /^Send to \d+ people now\?$/ }).waitFor();
  // the safe way out is where the focus stands first, and Escape leads back to Send
  await expect.poll(focused).toBe('Go back');
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(focused).toBe('Send');
  await keyboard.press('Enter');
  await dialog.waitFor();
  await tabTo(/^Send to \d+ people$/);
  await keyboard.press('Enter');
  await page.getByLabel('Progress').getByText('Finished').waitFor({ timeout: 30_000 });
  expect(visitor.troubles).toEqual([]);
});
