// Imports by the real server: a process that is killed in the middle of one, and files made to harm it.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactImport } from '../contract/imports.ts';
import { xlsxOf, zipOf } from '../server/contacts/import/testing-files.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { type Carillon, freshFolder, startCarillon, until } from './carillon.ts';

const megabyte = 1024 * 1024;
const dataDir = freshFolder();
let environment: Record<string, string>;
let carillon: Carillon;
let api: Api;

const start = () => startCarillon({ dataDir, env: environment });
beforeAll(async () => {
  environment = { ...owner, SANDBOX: 'off', DATABASE_URL: await testDatabase() };
  carillon = await start();
  api = apiOf(carillon);
});
afterAll(() => carillon.end());

function formOf(content: string | Buffer, name = 'people.csv'): FormData {
  const form = new FormData();
  form.append('file', new Blob([content as string]), name);
  return form;
}
const read = (id: string) => api.read<ContactImport>(`/imports/${id}`);

/** Resident memory at most since it started; Linux says so. Asked of a server that has done nothing else yet. */
const peakBytes = (): number | null => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${carillon.pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return null;
  }
};

test('files made to harm it are each refused with words, and neither end it nor fill its memory', async () => {
  const sheet = (content: string | Buffer) =>
    xlsxOf({ sheets: { People: '' }, parts: [{ name: 'xl/worksheets/sheet1.xml', content }] });
  const wide = Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',');
  const hostile: [what: string, content: string | Buffer, code: string, words: RegExp][] = [
    ['empty', '', 'TABLE_EMPTY', /empty/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d4948445200', 'hex'), 'TABLE_UNSUPPORTED', /png/],
    ['10,000 columns', `${wide}\n${wide}\n`, 'TABLE_TOO_LARGE', /10000 columns/],
    ['one line of 100 MB', Buffer.alloc(100 * megabyte, 'x'), 'TABLE_TOO_LARGE', /longer than 1 MB/],
    ['a quotation mark that is never closed', `"Name,Email\n${'Ann,a@example.com\n'.repeat(5_000_000)}`, 'TABLE_QUOTE_OPEN', /line 1/],
    ['broken UTF-8', Buffer.concat([Buffer.from('Name,Stadt\nZoë,Köln\nAnn,Łódź\n'), Buffer.from([0xc3, 0x28, 10])]), 'TABLE_ENCODING', /line 4/],
    ['a zip bomb', sheet(Buffer.concat([Buffer.from('<worksheet><sheetData>'), Buffer.alloc(300 * megabyte, ' ')])), 'TABLE_TOO_LARGE', /times its size/],
    ['entities that reach for files', sheet('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'), 'TABLE_DAMAGED', /document type/],
    ['an archive', zipOf([{ name: 'readme.txt', content: 'hi' }]), 'TABLE_UNSUPPORTED', /archive/],
  ]; // biome-ignore format: one per line
  const before = peakBytes();
  for (const [what, content, code, words] of hostile) {
    const problem = await api.refused('POST', '/imports', formOf(content));
    expect(problem, what).toMatchObject({ code, detail: expect.stringMatching(words) });
    expect((await fetch(`${carillon.url}/readyz`)).status, what).toBe(200);
  }
  const peak = peakBytes();
  // one buffered upload alone is 100 MB, its text twice as much
  if (before !== null && peak !== null) expect(peak - before).toBeLessThan(150 * megabyte);
  const { data } = await api.read<{ data: unknown[] }>('/imports?status=mapping');
  expect(data).toEqual([]);
});

test('killed in the middle, it goes on after the next start: everybody once, every row counted', async () => {
  const people = 60_000;
  const rows = Array.from({ length: people }, (_, n) =>
    n % 1000 === 7 ? `c${n},Ann ${n},nonsense\n` : `c${n},Ann ${n},ann${n}@example.com\n`,
  );
  const { id } = await api.made<ContactImport>('/imports', formOf(`Id,Name,Email\n${rows.join('')}`));
  await api.done(`/imports/${id}/start`);
  await until('some of it is written', async () => (await read(id)).processed >= 3000);
  await carillon.kill();
  carillon = await start();
  api = apiOf(carillon);
  const before = await read(id);
  expect(before.status).toBe('running');
  expect(before.processed).toBeLessThan(people);
  await until('it has ended', async () => (await read(id)).status === 'finished', 90_000);
  expect(await read(id)).toMatchObject({
    processed: people,
    total: people,
    created: people - 60,
    updated: 0,
    skipped: 0,
    rejected: 60,
  });
  const { total } = await api.read<{ total: number }>('/contacts?limit=1&include=total');
  expect(total).toBe(people - 60);
  const report = await (await api.call('GET', `/imports/${id}/report`)).text();
  expect(report.trimEnd().split('\r\n')).toHaveLength(61);
});

test('strange, but honest: byte order mark, mixed line ends, formulas; nothing is run, nothing is lost', async () => {
  const text =
    '\ufeffId;Name;Note\r\nc-1;"=HYPERLINK(""http://x.example"")";one\nc-2;@SUM(A1);two\rc-3;Cy;"a\r\nb"\r\n';
  const found = await api.made<ContactImport>('/imports', formOf(text, '../../x.csv'));
  expect(found).toMatchObject({ file_name: 'x.csv', encoding: 'utf-8', delimiter: ';', rows_estimate: 3 });
  await api.done(`/imports/${found.id}/start`);
  await until('it has ended', async () => (await read(found.id)).status === 'finished');
  expect(await read(found.id)).toMatchObject({ created: 3, rejected: 0 });
  const { data } = await api.read<{ data: { first_name: string }[] }>('/contacts?search=c-1');
  expect(data[0]?.first_name).toBe('=HYPERLINK("http://x.example")');
});

test('a file that says it is too long is refused before it is sent', async () => {
  const answer = await new Promise<{ status?: number; text: string }>((resolve, reject) => {
    const sending = request(
      `${carillon.url}/api/v1/imports`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${owner.API_TOKEN}`,
          'content-type': 'multipart/form-data; boundary=cut',
          'content-length': String(600 * megabyte),
        },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
        sending.destroy();
      },
    );
    sending.on('error', reject);
    sending.write('--cut\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\nName\n');
  });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.text)).toMatchObject({
    code: 'TABLE_TOO_LARGE',
    detail: expect.stringContaining('512 MB'),
  });
});
