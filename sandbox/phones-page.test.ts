// The page of phones in a real browser; skipped by name where no Chromium is installed.
import { existsSync } from 'node:fs';
import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aSandbox, type SandboxFixture } from './sandbox-fixture.ts';
import { aWhatsApp, EMILY, ofTemplate, ofText } from './whatsapp/whatsapp-fixture.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('the page of phones (skipped where Chromium is absent)', () => {
  let browser: Browser;
  let fixture: SandboxFixture;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    fixture = await aSandbox();
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => problems.push(dialog.message()));
  });
  afterEach(async () => {
    await page.close();
    await fixture.close();
  });

  const phone = (name: string) => page.getByRole('article', { name: `Phone of ${name}` });

  it('shows what arrives and sends what the person does', async () => {
    await page.goto(`${fixture.sandbox.url}/phones/`);
    await phone('Daniel Miller').getByRole('button', { name: 'Start', exact: true }).click();
    await phone('Daniel Miller').getByLabel('Reply as Daniel').fill('Do you ship to Norway?');
    await phone('Daniel Miller').getByRole('button', { name: 'Send' }).click();
    await phone('Daniel Miller').getByText('Do you ship to Norway?').waitFor();

    await fixture.api.sendMessage(111, '<b>Sale</b> &lt;img src=x onerror=alert(1)&gt;', {
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'Remind me', callback_data: 'remind' }]] },
    });
    const message = phone('Emily Davis').locator('[data-message-id]').last();
    await message.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await message.locator('b').textContent()).toBe('Sale');
    await message.getByRole('button', { name: 'Remind me' }).click();
    await phone('Emily Davis').getByText('Pressed').waitFor();
    await phone('Emily Davis').getByRole('button', { name: 'Block Emily Davis' }).click();
    await phone('Emily Davis').getByText('You blocked this bot').waitFor();

    const updates = await fixture.api.getUpdates();
    expect(updates.map((update) => update.message?.text ?? update.callback_query?.data ?? 'blocked')).toEqual(
      ['/start', 'Do you ship to Norway?', 'remind', 'blocked'],
    );
    expect(problems).toEqual([]);
  });

  it('works below a prefix of a proxy, live updates included', async () => {
    const app = Fastify();
    await app.register(proxy, { upstream: fixture.sandbox.url, prefix: '/sandbox' });
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    await page.goto(`${origin}/sandbox/phones`);
    await phone('Emily Davis').getByLabel('Reply as Emily').fill('through the proxy');
    await page.keyboard.press('Enter');
    await phone('Emily Davis').getByText('through the proxy').waitFor();
    await fixture.api.sendMessage(111, 'and back');
    await phone('Emily Davis').getByText('and back').waitFor();
    expect(new URL(page.url()).pathname).toBe('/sandbox/phones/');
    await page.goto('about:blank');
    await app.close();
  });

  it('keeps the side, the search and the page in its address: a reload finds them again, a frame tells the panel', async () => {
    const wa = await aWhatsApp();
    try {
      await page.goto(`${wa.sandbox.url}/phones/?theme=dark`);
      await page.getByText('WhatsApp', { exact: true }).click();
      await phone('Emily 😀').waitFor();
      await page.getByRole('searchbox').fill('emily');
      await page.waitForURL(/search=emily/);
      expect(new URL(page.url()).search).toBe('?theme=dark&side=whatsapp&search=emily');
      await page.reload();
      await phone('Emily 😀').waitFor();
      expect(await page.getByRole('searchbox').inputValue()).toBe('emily');
      await page.getByText('Telegram', { exact: true }).click();
      await page.waitForURL(/\?theme=dark$/);

      // a page without a program stands in for the panel: ours would miss what it wants to write into
      await page.goto(`${wa.sandbox.url}/phones/page.css`);
      const told = page.evaluate<unknown>(
        `new Promise((tell) => {
          addEventListener('message', ({ data }) => tell(data));
          document.body.innerHTML = '<iframe src="/phones/?embed=1&side=whatsapp&search=em"></iframe>';
          document.querySelector('iframe').onload = ({ target }) => {
            const search = target.contentDocument.getElementById('search');
            search.value = 'emily';
            search.dispatchEvent(new Event('input'));
          };
        })`,
      );
      expect(await told).toEqual({ phones: { side: 'whatsapp', search: 'emily' } });
      expect(problems).toEqual([]);
    } finally {
      await wa.close();
    }
  });

  it('makes trouble by switches and adds phones', async () => {
    await page.goto(`${fixture.sandbox.url}/phones/?theme=dark`);
    await page.getByRole('switch', { name: /Drop line/ }).click();
    await page.getByRole('switch', { name: /Drop line/, checked: true }).waitFor();
    expect(await fixture.control('faults')).toMatchObject({
      faults: [{ kind: 'reset_after', bot_id: fixture.botId }],
    });
    await page.getByRole('button', { name: 'Reset trouble' }).click();
    await page.getByRole('switch', { name: /Drop line/, checked: false }).waitFor();

    await page.getByRole('button', { name: 'Add phone' }).click();
    await page.getByLabel('First name').fill('Nora');
    await page.getByRole('dialog').getByRole('button', { name: 'Add phone' }).click();
    await phone('Nora').getByText('Nora has not pressed Start yet').waitFor();
    const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(isWide).toBe(false);
    expect(problems).toEqual([]);
  });

  it('shows WhatsApp and sends what a customer does there', async () => {
    const wa = await aWhatsApp();
    try {
      await wa.template('news', {
        category: 'MARKETING',
        components: [
          { type: 'BODY', text: 'Our *sale* has begun today.' },
          { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Remind me' }] },
        ],
      });
      const path = `${wa.number.id}/messages`;
      await page.goto(`${wa.sandbox.url}/phones/`);
      await page.getByText('WhatsApp', { exact: true }).click();
      const emily = phone('Emily 😀');
      await emily.getByText('No messages yet').waitFor();
      await wa.graph(path, ofTemplate('news'));
      await emily.getByRole('img', { name: 'Delivered' }).waitFor();
      expect(await emily.locator('.bubble b').textContent()).toBe('sale');
      await emily.getByRole('button', { name: '1 unread · Read' }).click();
      await emily.getByRole('img', { name: 'Read', exact: true }).waitFor();
      await emily.getByRole('button', { name: 'Remind me' }).click();
      await emily.getByText('Pressed').waitFor();

      await wa.graph(path, {
        ...ofText('x'),
        type: 'interactive',
        interactive: {
          type: 'list',
          body: { text: '<img src=x onerror=alert(1)>' },
          action: { button: 'Options', sections: [{ title: 'Fast', rows: [{ id: 'e', title: 'Express' }] }] },
        },
      });
      await emily.getByRole('button', { name: 'Options' }).click();
      await emily.getByRole('dialog', { name: 'Options' }).getByRole('button', { name: 'Express' }).click();
      await emily.getByRole('button', { name: /Answer or react to: Our sale/ }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await emily.getByLabel('Reply as Emily').fill('Is it on in the shop too?');
      await page.keyboard.press('Enter');
      await emily.locator('.own .quote', { hasText: 'Our sale' }).last().waitFor();
      await emily.getByRole('button', { name: 'What Emily 😀 can do' }).click();
      await emily.getByRole('button', { name: 'Stop offers and announcements' }).click();
      await emily.getByText('No marketing').waitFor();
      await page.getByRole('switch', { name: /Disorder/ }).click();
      await page.getByRole('switch', { name: /Disorder/, checked: true }).waitFor();
      expect(await wa.control('ladder')).toMatchObject({ shuffle: true, duplicates: 1 });

      const said = wa.hooks.flatMap(({ value }) => value.messages ?? []);
      expect(said.map((message) => message.type)).toEqual(['button', 'interactive', 'text']);
      expect(wa.hooks.some(({ field }) => field === 'user_preferences')).toBe(true);
      expect(said[2]!.from).toBe(EMILY);
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      expect(problems).toEqual([]);
    } finally {
      await wa.close();
    }
  });
});
