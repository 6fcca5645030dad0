// Importing people in the browser: a German table with one bad row goes through the wizard by keyboard alone, its report is
// fetched, its people are there; then a spreadsheet, with a column that is corrected, and a campaign for them.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import type { Contact } from '../contract/contacts.ts';
import type { Page as ListPage } from '../contract/lists.ts';
import { textRows, xlsxOf } from '../server/contacts/import/testing-files.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
let api: Api;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase(), SANDBOX: 'off' };
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  api = apiOf(carillon);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

/** For a look by eye, where IMPORT_PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.IMPORT_PICTURES;
  if (!folder) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
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
/** As an export of an older shop program: semicolons, Windows-1252. */
const german = Buffer.from(
  [
    'Kundennummer;Vorname;Nachname;E-Mail;Telefon;Größe;Umsatz',
    '1;Jürgen;Groß;juergen@example.de;030 901820;XL;1.234,50',
    '2;Käthe;Müller;kaethe@example.de;030 901821;M;99,90',
    '3;Bad;Row;bad@example.de;12;M;7',
  ].join('\r\n'),
  'latin1',
);
const people = async (search: string) =>
  (await api.read<ListPage<Contact>>(`/contacts?search=${search}`)).data;
/** Tab until the focus is on it. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 120; step++) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate<string>(`{
      const { ariaLabel, labels, textContent } = document.activeElement;
      ariaLabel ?? labels?.[0]?.textContent ?? textContent;
    }`);
    if (name.test(label)) return;
  }
  throw new Error(`Nothing called ${name} can be reached by Tab`);
}

test('a table with umlauts and a bad row, by keyboard alone', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/contacts/import');
  // from here on the browser hands file dialogs to the story
  const chooser = page.waitForEvent('filechooser');
  chooser.catch(() => {});
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await tabTo(page, /^Choose a file$/);
  await page.keyboard.press('Enter');
  await (await chooser).setFiles({ name: 'kunden.csv', mimeType: 'text/csv', buffer: german });
  await page.getByRole('heading', { name: 'kunden.csv', level: 1 }).waitFor();
  const preview = page.getByRole('region', { name: 'First rows as they will be written' });
  // without a country nobody can tell whose numbers these are, and it is said beside the column
  await page.getByText(/^Lines 2 and 3: The country code is missing/).waitFor();
  await tabTo(page, /Country of phone numbers/);
  await page.keyboard.type('Germany');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await preview.getByText('+4930901821').waitFor();
  await preview.getByText('Käthe').waitFor();
  expect(await page.getByLabel('Letters are written as').first().inputValue()).toContain('Windows-1252');
  // Größe becomes nothing: the column is left out, and the preview follows
  await preview.getByRole('columnheader', { name: 'grosse' }).waitFor();
  await tabTo(page, /“Größe” becomes/);
  await page.keyboard.type('Leave out');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await preview.getByRole('columnheader', { name: 'grosse' }).waitFor({ state: 'detached' });
  await page
    .getByText(/^Line 4: This is not a phone number/)
    .first()
    .waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'columns');
  await tabTo(page, /Continue to people/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Who is meant, and what is known of them' }).waitFor();
  await tabTo(page, /Name of the new list/);
  expect(await page.locator(':focus').inputValue()).toBe('kunden');
  await page.keyboard.type(' aus Berlin');
  await tabTo(page, /Continue to review/);
  await page.keyboard.press('Enter');
  await page.getByText('aus Berlin, a new list').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await tabTo(page, /Import 3 rows/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '2 rows arrived, 1 rejected' }).waitFor();
  // whoever pressed Enter hears what became of it
  await expect.poll(() => page.locator(':focus').textContent()).toBe('2 rows arrived, 1 rejected');
  await page.getByText('This is not a phone number.').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'result');
  const fetched = page.waitForEvent('download');
  await tabTo(page, /Download the report/);
  await page.keyboard.press('Enter');
  const report = await (await (await fetched).createReadStream()).toArray();
  expect(Buffer.concat(report).toString()).toMatch(/^4,|\n4,.*This is not a phone number.*Bad,Row/s);
  expect(await people('juergen')).toMatchObject([
    { first_name: 'Jürgen', last_name: 'Groß', phone: '+4930901820', attributes: { umsatz: 1234.5 } },
  ]);
  expect(await people('bad@example.de')).toEqual([]);
  // the list of imports has it, and a reload shows the same
  await page.reload();
  await page.getByRole('heading', { name: '2 rows arrived, 1 rejected' }).waitFor();
  await page.goto('/contacts/import');
  await page.getByRole('row', { name: /kunden.csv.*Finished.*2.*1/ }).waitFor();
  expect(troubles).toEqual([]);
});

test('a spreadsheet: another sheet, a column corrected, consent with its proof, and a campaign for these people', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, refusals: [422] });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/contacts/import');
  const workbook = xlsxOf({
    sheets: {
      Notes: textRows([
        ['Remark', 'By'],
        ['See the other sheet', 'Ann'],
      ]),
      Members: textRows([
        ['Email', 'Name', 'Points'],
        ['mia@example.com', 'Mia Wong', '12'],
        ['leo@example.com', 'Leo Park', '7'],
        ['leo@example.com', 'Leo Park', '7'],
      ]),
    },
  });
  await page.getByLabel('File to import', { exact: true }).setInputFiles({
    name: 'members.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbook,
  });
  await page.getByRole('combobox', { name: 'Sheet' }).click();
  await page.getByRole('option', { name: 'Members' }).click();
  const preview = page.getByRole('region', { name: 'First rows as they will be written' });
  await preview.getByText('mia@example.com').waitFor();
  // a name that no attribute can have is refused beside its column, and nothing else is lost
  const attribute = page.getByLabel('Name of the new attribute for “Points”');
  await attribute.fill('Loyalty points');
  await page.getByText(/Attribute names are lower case letters/).waitFor();
  await attribute.fill('loyalty_points');
  await preview.getByRole('columnheader', { name: 'loyalty_points' }).waitFor();
  await page.getByRole('button', { name: 'Continue to people' }).click();
  await page.getByRole('radio', { name: /They agreed to offers/ }).click();
  await page.getByRole('button', { name: 'Continue to review' }).click();
  await page.getByText('Write it down: it is kept with each person as the proof.').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.getByLabel('What they agreed to, and where').fill('Club card, “offers by Telegram” ticked');
  await page.getByLabel('Name of the new list').fill('Club members');
  // everything that was decided is still there after a reload
  await page.reload();
  await page.getByText('Club card, “offers by Telegram” ticked').waitFor();
  expect(await page.getByLabel('Name of the new list').inputValue()).toBe('Club members');
  await page.getByRole('button', { name: 'Continue to review' }).click();
  await page.getByText('Agreed to offers on Telegram: Club card, “offers by Telegram” ticked').waitFor();
  await page.getByText('All of the first 3 rows: no message reaches these people.').waitFor();
  await page.getByRole('button', { name: 'Import 3 rows' }).click();
  await page.getByRole('heading', { name: 'Every row arrived' }).waitFor();
  await page.getByText('None of the 2 people in this list can be messaged now').waitFor();
  const [mia] = await people('mia');
  expect(mia).toMatchObject({
    first_name: 'Mia',
    attributes: { loyalty_points: 12 },
    consent: [{ channel: 'telegram', state: 'opted_in', source: 'import' }],
  });
  await page.getByRole('link', { name: 'See the 2 people' }).click();
  await page.getByRole('link', { name: 'Leo Park' }).waitFor();
  expect(await page.getByRole('link', { name: 'Jürgen Groß' }).count()).toBe(0);
  await page.goBack();
  await page.getByRole('button', { name: 'Make a campaign for them' }).click();
  await page.waitForURL(/\/campaigns\/[^/]+\/edit/);
  const [campaign] = (await api.read<ListPage<Campaign>>('/campaigns')).data;
  expect(campaign?.audience).toEqual({ segment_ids: [expect.stringMatching(/^seg_/)] });
  expect(troubles).toEqual([]);
});

test('a campaign for the people of a file: imported from its audience step, or chosen among the imports there were', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const campaign = await api.made<Campaign>('/campaigns', {
    name: 'After the fair',
    content: { text: 'Hi' },
  });
  const audience = async () => (await api.read<Campaign>(`/campaigns/${campaign.id}`)).audience;
  const lists = () => api.read<ListPage<{ id: string; name: string }>>('/segments');
  await page.goto(`/campaigns/${campaign.id}/edit?step=audience`);
  await page.getByRole('radio', { name: 'People of a file' }).click();
  const dialog = page.getByRole('dialog', { name: 'People of a file' });
  await dialog.getByRole('button', { name: /^members\.xlsx/ }).waitFor();
  await picture(page, 'file-dialog');
  await dialog.getByRole('link', { name: 'Import a new file' }).click();
  await page.getByText(/^For the campaign “After the fair”/).waitFor();
  await page.getByLabel('File to import', { exact: true }).setInputFiles({
    name: 'fair.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Name,Email\nIda,ida@example.com\nOle,ole@example.com\n'),
  });
  await page.getByRole('button', { name: 'Continue to people' }).click();
  await page.getByRole('button', { name: 'Continue to review' }).click();
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await page.getByRole('heading', { name: 'Every row arrived' }).waitFor();
  await picture(page, 'file-ended');
  await page.getByRole('button', { name: 'Use it in the campaign' }).click();
  await page.waitForURL(/\/edit\?step=audience/);
  await page.getByText(/^fair\.csv ?\( ?Today.*2 people of the list “fair”/).waitFor();
  expect(await page.getByRole('radio', { name: 'People of a file' }).isChecked()).toBe(true);
  const fair = (await lists()).data.find(({ name }) => name === 'fair');
  expect(await audience()).toEqual({ segment_ids: [fair?.id] });
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'file-chosen');
  await page.getByRole('button', { name: 'Choose another file' }).click();
  await dialog.getByRole('button', { name: /^members\.xlsx/ }).click();
  const members = (await lists()).data.find(({ name }) => name === 'Club members');
  await expect.poll(audience).toEqual({ segment_ids: [members?.id] });
  expect(troubles).toEqual([]);
});
