// Every main screen, on a desk in light and dark and on a phone: nothing that axe calls serious or critical, nothing to scroll
// sideways at 390 px, and a keyboard is enough to get from signing in to Send.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { owner } from './api.ts';
import {
  allAnimationsEnd,
  keepPicturesOfFailures,
  launchBrowser,
  nothingLoads,
  signIn,
  type VisitorOptions,
  visit,
} from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
/** Name → address; ids are those of the demo. */
let screens: Record<string, string>;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase() };
  // the demo plays in the workspace of the environment's owner
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
    templates: '/templates',
    'templates of one’s own': '/templates?show=own',
    'template, being written': '/templates/new?from=event_invitation',
    automations: '/automations',
    inbox: '/inbox',
    thread: `/inbox/${await first('conversations')}`,
    contacts: '/contacts',
    import: '/contacts/import',
    contact: `/contacts/${await first('contacts')}`,
    segments: '/segments',
    segment: `/segments/${await first('segments')}`,
    'segment, being written': '/segments/new?preset=inactive',
    connections: '/connections',
    limits: `/connections/${await first('connections')}/limits`,
    team: '/team',
    settings: '/settings',
    attributes: '/settings?part=attributes',
    nodes: '/settings?part=nodes',
    held: '/held',
    'contact pressure': '/settings?part=pressure',
    sandbox: '/sandbox-phones',
    'nothing here': '/campaigns/cmp_oops',
  };
  for (const step of ['audience', 'message', 'schedule', 'settings', 'review'])
    screens[`composer, ${step}`] = `${screens.composer}?step=${step}`;
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

/** Goes there, within the panel without loading it anew, and waits until the screen is still: nothing loads any more. */
async function open(page: Page, address: string): Promise<void> {
  const isInside = address !== screens.sandbox && (await page.locator('nav').count()) > 0;
  if (isInside) await page.evaluate(`history.pushState(null, '', ${JSON.stringify(address)})`);
  else await page.goto(address);
  await page.waitForURL((url) => url.pathname + url.search === address || !isInside);
  // a page that is still to come is headed “Loading”, for readers alone
  await page.locator('h1:not(:text-is("Loading")), h2').first().waitFor({ state: 'attached' });
  await nothingLoads(page);
}

/** What axe calls serious or critical. Rules of `only`, or all. */
async function findingsOf(page: Page, only?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (only ? axe.withRules(only) : axe).analyze();
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

// beside each other: both mostly wait for the browser
test.concurrent.each<[string, Partial<VisitorOptions>]>([
  ['on a desk', {}],
  ['on a phone of 390 px', { width: 390, height: 844 }],
])('%s: no screen has a serious finding, none scrolls sideways', async (_, size) => {
  // both open one draft, which takes its only bot by itself: the second of them is told
  const visitor = await visit(browser, { url: carillon.url, refusals: [404, 409], ...size });
  const { page } = visitor;
  const findings: Record<string, string[]> = {};
  const headings = new Set<string | null>();
  const look = async (name: string, address: string) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await open(page, address);
    headings.add(await page.locator('h1, h2').first().textContent());
    const light = [...(await findingsOf(page)), ...(await sticksOut(page))];
    if (size.width) {
      if (light.length > 0) findings[name] = light;
      return;
    }
    // in the dark only the colours differ, and those are the same on a phone
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: 'attached' });
    await allAnimationsEnd(page);
    const found = [...light, ...(await findingsOf(page, 'color-contrast')).map((one) => `dark: ${one}`)];
    if (found.length > 0) findings[name] = found;
  };
  await look('sign in', '/sign-in');
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  // the steps of the composer differ in their fields, not in how they fit a phone
  for (const [name, address] of Object.entries(screens))
    if (!size.width || !name.startsWith('composer, ')) await look(name, address);
  expect(findings).toEqual({});
  // it was another screen each time, and not the one before that stood still
  expect(headings.size).toBeGreaterThan(18);
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
});

test('at 320 px, the narrowest of phones, the screens of every day do not scroll sideways either', async () => {
  const { page, context } = await visit(browser, { url: carillon.url, width: 320, height: 640 });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  for (const name of ['campaigns', 'report', 'composer', 'inbox', 'thread', 'limits']) {
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
  await page.getByLabel('Campaign name').waitFor();
  await tabTo('Continue to audience');
  await keyboard.press('Enter');
  await tabTo('Continue to message');
  await keyboard.press('Enter');
  await tabTo('Message text');
  await keyboard.type('Written without a mouse');
  await page.getByTestId('preview').getByText('Written without a mouse').waitFor();
  for (const step of ['schedule', 'settings', 'review']) {
    await tabTo(`Continue to ${step}`);
    await keyboard.press('Enter');
  }
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
  await page.getByLabel('Progress').getByText('Finished', { exact: true }).waitFor({ timeout: 30_000 });
  expect(visitor.troubles).toEqual([]);
});
