// The browser of a story: the system's Chromium. A page that logs an error or throws one fails its story, also when the
// story did not look there.
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterEach } from 'vitest';

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** What went wrong in any of the visitor's pages so far; a story ends with `expect(visitor.troubles).toEqual([])`. */
  troubles: string[];
  /** Another tab of the same person. */
  tab(): Promise<Page>;
}

export interface VisitorOptions {
  /** Where paths like "/campaigns" lead. */
  url: string;
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  /** Refusals that the story provokes: Chromium logs each answer of 400 and more. 401 before sign-in is always one. */
  refusals?: number[];
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A person with a browser profile of their own. */
export async function visit(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: options.url,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(15_000);
  const troubles: string[] = [];
  const expected = new Set([401, ...(options.refusals ?? [])]);
  context.on('page', (page) => {
    watchRequests(page);
    page.on('pageerror', (error) => troubles.push(`thrown at ${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1]);
      if (!expected.has(status)) troubles.push(`console at ${page.url()}: ${message.text()}`);
    });
  });
  const tab = () => context.newPage();
  return { page: await tab(), context, troubles, tab };
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
}

const underWay = new WeakMap<Page, { requests: number; changedAt: number }>();

function watchRequests(page: Page): void {
  const state = { requests: 0, changedAt: performance.now() };
  const change = (by: number) => () => {
    state.requests += by;
    state.changedAt = performance.now();
  };
  underWay.set(page, state);
  page.on('request', change(1));
  page.on('requestfinished', change(-1));
  page.on('requestfailed', change(-1));
}

/** As the browser's own "networkidle", which would wait for half a second on every page of a long walk. */
export async function nothingLoads(page: Page, quietMs = 120): Promise<void> {
  const state = underWay.get(page);
  if (!state) return;
  // a request that stays open for good (a stream of news) says nothing for a while
  const isQuiet = () => performance.now() - state.changedAt >= (state.requests > 0 ? 5 * quietMs : quietMs);
  while (!isQuiet()) await pause(20);
}

/** Marks the document; `isSameDocument` then tells whether it was loaded again since. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate("document.documentElement.dataset.story = 'same'");
}
export function isSameDocument(page: Page): Promise<boolean> {
  return page.evaluate("document.documentElement.dataset.story === 'same'");
}

/** Notes from now on each different text that `selector` shows: what a person sees move. */
export async function watchText(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.evaluate(`{
    const texts = (window.storyTexts = []);
    const look = () => {
      const text = document.querySelector(${JSON.stringify(selector)})?.textContent;
      if (text && text !== texts.at(-1)) texts.push(text);
    };
    look();
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }`);
  return () => page.evaluate<string[]>('window.storyTexts');
}

/** Call at the top of a file: a failed test leaves pictures of all open pages in the machine's temporary folder. */
export function keepPicturesOfFailures(browser: () => Browser | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const folder = path.join(tmpdir(), 'carillon-e2e-failures');
    mkdirSync(folder, { recursive: true });
    const pages =
      browser()
        ?.contexts()
        .flatMap((context) => context.pages()) ?? [];
    for (const [index, page] of pages.entries()) {
      const file = path.join(folder, `${task.name.replace(/\W+/g, '-').slice(0, 60)}-${index + 1}.png`);
      await page.screenshot({ path: file }).catch(() => {});
      console.error(`${page.url()} as it was then: ${file}`);
    }
  });
}

/** Until no colour is on its way to another: contrast in the middle of a change says nothing. */
export async function allAnimationsEnd(page: Page): Promise<void> {
  await page.evaluate(`Promise.allSettled(
    document.getAnimations()
      .filter((one) => one.effect?.getTiming().iterations !== Infinity)
      .map((one) => one.finished))`);
}
