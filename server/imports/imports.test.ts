// Imports over the API: from the upload to the people, with everything a person may decide between.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Contact } from '../../contract/contacts.ts';
import type { ContactImport } from '../../contract/imports.ts';
import { until } from '../testing/engine.ts';
import { aMember, codeOf, visitor } from '../workspaces/testing-visitor.ts';
import { anImporter, formOf, type Importer, importApp, importing } from './testing-imports.ts';

const { app, ctx } = await importApp();
let shop: Importer;
beforeAll(async () => {
  shop = await anImporter(app);
});
const peopleOf = async (who: Importer): Promise<Contact[]> =>
  (await who.call('GET', '/contacts?limit=200')).json().data;
const auditOf = async (who: Importer, action: string) =>
  (await who.call('GET', `/audit_events?action=${action}`)).json().data;

describe('an upload', () => {
  it('is looked at: form, columns with examples and what each may become', async () => {
    const answer = await shop.upload(
      'Id;Name;E-Mail;Umsatz;Neu\nc1;Ann Lee;ann@example.com;1,5;ja\nc2;Bo Day;bo@example.com;2,25;nein\n',
      '../../etc/Käufer\u202e.csv',
    );
    expect(codeOf(answer)).toBe('201');
    const found: ContactImport = answer.json();
    expect(found).toMatchObject({
      status: 'mapping', file_name: 'Käufer.csv', format: 'csv', encoding: 'utf-8', delimiter: ';', header: true, rows_estimate: 2,
      processed: 0, total: 2, report_url: null, size_bytes: expect.any(Number), created_by: expect.stringMatching(/^Owner/),
    }); // biome-ignore format: dense
    expect(found.columns).toEqual([
      { name: 'Id', samples: ['c1', 'c2'], suggestion: { kind: 'field', field: 'external_id' } , note: null },
      { name: 'Name', samples: ['Ann Lee', 'Bo Day'], suggestion: { kind: 'field', field: 'full_name' } , note: null },
      { name: 'E-Mail', samples: ['ann@example.com', 'bo@example.com'], suggestion: { kind: 'field', field: 'email' } , note: null },
      { name: 'Umsatz', samples: ['1,5', '2,25'], suggestion: { kind: 'attribute', name: 'umsatz', type: 'number', decimal: ',' } , note: null },
      { name: 'Neu', samples: ['ja', 'nein'], suggestion: { kind: 'attribute', name: 'neu', type: 'boolean' } , note: null },
    ]); // biome-ignore format: one per column
    expect(found.settings.mapping).toEqual(found.columns.map(({ suggestion }) => suggestion));
    expect(await peopleOf(shop)).toEqual([]);
    expect(await auditOf(shop, 'import.uploaded')).toMatchObject([
      { subject_id: found.id, detail: { file_name: 'Käufer.csv' } },
    ]);
  });

  it('without a header is read from its first row on, and can be told otherwise', async () => {
    const text = 'ann@example.com,Ann\nbo@example.com,Bo\n';
    const found = await shop.uploaded(text);
    expect(found).toMatchObject({ header: false, rows_estimate: 2 });
    expect(found.columns.map(({ name }) => name)).toEqual(['Column 1', 'Column 2']);
    expect(await shop.change(found.id, { header: true })).toMatchObject({ header: true, rows_estimate: 1 });
    expect(await shop.uploaded(text, '?header=true')).toMatchObject({ header: true, rows_estimate: 1 });
  });

  it('estimates the rows of a long table', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `c${n},Ann,ann${n}@example.com\n`).join('');
    const { rows_estimate } = await shop.uploaded(`Id,Name,Email\n${rows}`);
    expect(rows_estimate).toBeGreaterThan(4500);
    expect(rows_estimate).toBeLessThan(5500);
  });

  it('that is none is refused, and leaves nothing', async () => {
    const empty = await anImporter(app);
    expect(codeOf(await empty.upload(''))).toBe('422 TABLE_EMPTY');
    expect(codeOf(await empty.upload(Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'people.csv'))).toBe(
      '422 TABLE_UNSUPPORTED',
    );
    const asForm = { 'content-type': 'multipart/form-data; boundary=cut' };
    const wrongPart = await empty.call('POST', '/imports', formOf('a', 'a', 'table'), asForm);
    expect([codeOf(wrongPart), wrongPart.json().errors]).toMatchObject([
      '422 VALIDATION_FAILED',
      [{ pointer: '/file' }],
    ]);
    expect(codeOf(await empty.call('POST', '/imports', 'no form', asForm))).toBe('400 BAD_REQUEST');
    expect(codeOf(await empty.call('POST', '/imports', { a: 1 }))).toMatch(/^415|^400/);
    const cut = formOf('Name\nAnn\n', 'a.csv').subarray(0, -8);
    expect(codeOf(await empty.call('POST', '/imports', cut, asForm))).toBe('400 BAD_REQUEST');
    expect((await empty.call('GET', '/imports')).json().data).toEqual([]);
  });

  it('beyond what a workspace keeps is refused until others are deleted', async () => {
    const full = await anImporter(app);
    const { id } = await full.uploaded('Name\nAnn\n');
    await ctx.db
      .updateTable('imports')
      .set({ size_bytes: 2 * 1024 ** 3 })
      .where('workspace_id', '=', full.workspaceId)
      .execute();
    const answer = await full.upload('Name\nBo\n');
    expect([codeOf(answer), answer.json().detail]).toEqual([
      '409 IMPORT_LIMIT',
      expect.stringContaining('2 GB'),
    ]);
    expect((await full.call('DELETE', `/imports/${id}`)).statusCode).toBe(204);
    expect((await full.upload('Name\nBo\n')).statusCode).toBe(201);
  });
});

describe('a preview', () => {
  it('shows the first rows as they would be written, and writes nothing', async () => {
    const who = await anImporter(app);
    await who.call('POST', '/contacts', {
      external_id: 'c1',
      first_name: 'Ann',
      tags: ['old'],
      attributes: { city: 'Leeds' },
    });
    const before = await peopleOf(who);
    const { id } = await who.uploaded(
      'Id,Name,Phone,Tags,City\nc1,Anna Lee,020 7946 0018,new,\nc2,Bo,12,,York\nc3,Cy,,,\n',
    );
    const { preview } = await who.change(id, { default_country: 'GB', tags: ['fair'] });
    expect(preview).toMatchObject([
      {
        line: 2, outcome: 'updated', contact_id: before[0]!.id, problems: [], remarks: [],
        contact: { first_name: 'Anna', last_name: 'Lee', phone: '+442079460018', tags: ['old', 'new', 'fair'], attributes: { city: 'Leeds' } },
      },
      { line: 3, outcome: 'rejected', contact: null, problems: [{ column: 'Phone' }] },
      { line: 4, outcome: 'created', contact_id: null, contact: { first_name: 'Cy', tags: ['fair'], addresses: 0, reachable: false } },
    ]); // biome-ignore format: dense
    expect(await peopleOf(who)).toEqual(before);
    expect((await who.call('GET', `/imports/${id}/preview`)).json().data).toEqual(preview);
  });

  it.each([
    [{ mapping: [{ kind: 'field', field: 'email' }, { kind: 'field', field: 'email' }] }, '/mapping/1'],
    [{ mapping: [{ kind: 'ignore' }] }, '/mapping'],
    [{ mapping: [{ kind: 'field', field: 'full_name' }, { kind: 'field', field: 'last_name' }] }, '/mapping/0'],
    [{ mapping: [{ kind: 'consent_wording' }, { kind: 'ignore' }] }, '/mapping/0'],
    [{ mapping: [{ kind: 'identity', connection_id: 'con_01jd3v7k2nexampleab0000000' }, { kind: 'ignore' }] }, '/mapping/0/connection_id'],
    [{ default_country: 'XX' }, '/default_country'],
    [{ segment_id: 'seg_01jd3v7k2nexampleab0000000' }, '/segment_id'],
    [{ policy: 'replace' }, '/policy'],
    [{ consent: { channel: 'telegram', wording: '' } }, '/consent/wording'],
    [{ mapings: [] }, '/mapings'],
  ])('refuses %j beside the field', async (patch, pointer) => {
    const { id } = await shop.uploaded('Name,Email\nAnn,ann@example.com\n');
    const answer = await shop.call('PATCH', `/imports/${id}`, patch);
    expect([codeOf(answer), answer.json().errors?.[0]?.pointer]).toEqual(['422 VALIDATION_FAILED', pointer]);
  }); // biome-ignore format: one per line
});

describe('an import', () => {
  it('writes people, says what became of every row, and who did it', async () => {
    const who = await anImporter(app);
    const done = await who.take(
      'Id,Name,Email,Orders\nc1,Ann,ann@example.com,3\nc2,Bo,nonsense,4\n"c3",=1+1,c3@example.com,many\nc4,Di,di@example.com,5\n',
      {
        tags: ['fair'],
        mapping: [
          { kind: 'field', field: 'external_id' },
          { kind: 'field', field: 'full_name' },
          { kind: 'field', field: 'email' },
          { kind: 'attribute', name: 'orders', type: 'number' },
        ],
      },
    );
    expect(done).toMatchObject({
      status: 'finished',
      created: 2,
      updated: 0,
      skipped: 0,
      rejected: 2,
      processed: 4,
      total: 4,
    });
    expect((await peopleOf(who)).map(({ external_id, tags }) => [external_id, tags]).toSorted()).toEqual([
      ['c1', ['fair']],
      ['c4', ['fair']],
    ]);
    expect(await who.report(done.id)).toEqual([
      'Line,Outcome,Column,Reason,Id,Name,Email,Orders',
      '3,rejected,Email,Write an email address like ann@example.com.,c2,Bo,nonsense,4',
      `4,rejected,Orders,"This is no number. Write it like 1,234.50, or change what the column becomes.",c3,'=1+1,c3@example.com,many`,
    ]);
    expect(
      (await auditOf(who, 'import')).map(({ action, actor }: never) => [
        action,
        (actor as { kind: string }).kind,
      ]),
    ).toEqual([
      ['import.finished', 'user'],
      ['import.started', 'user'],
      ['import.uploaded', 'user'],
    ]);
    expect((await who.call('GET', '/attributes')).json().data).toMatchObject([
      { name: 'orders', type: 'number' },
    ]);
    expect((await who.call('GET', '/imports?status=finished')).json().data).toMatchObject([
      { id: done.id, created: 2 },
    ]);
    expect((await who.call('GET', '/imports?status=mapping')).json().data).toEqual([]);
  });

  it('can be corrected by its own report', async () => {
    const who = await anImporter(app);
    const done = await who.take('Id,Name,Email\nc1,=Ann,x\nc2,Bo,bo@example.com\n');
    const corrected = (await who.report(done.id, '?outcome=rejected'))
      .join('\r\n')
      .replace(',x', ',ann@example.com');
    const { id, columns } = await who.uploaded(corrected);
    expect(columns.slice(0, 4).map(({ suggestion }) => suggestion.kind)).toEqual(Array(4).fill('ignore'));
    expect(await who.change(id, {})).toMatchObject({
      preview: [{ outcome: 'created', contact: { first_name: '=Ann', attributes: {} } }],
    });
  });

  it('tells the reasons of its rows, each with how many have it', async () => {
    const who = await anImporter(app);
    const rows = [
      'c1,Ann,x',
      'c2,Bo,y',
      'c3,Cy,cy@example.com',
      'c4,Di,di@example.com,',
      'c5,Ed,ed@example.com,z',
    ];
    const done = await who.take(`Id,Name,Email\n${rows.join('\n')}\n`);
    const { data } = (await who.call('GET', `/imports/${done.id}/reasons`)).json();
    expect(data).toEqual([
      { outcome: 'rejected', column: 'Email', reason: expect.stringContaining('email'), rows: 2 },
      { outcome: 'rejected', column: null, reason: expect.stringContaining('4 cells'), rows: 1 },
    ]);
    expect(data.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).toBe(done.rejected);
  });

  it('puts everybody of the table into a list, also whom it skips', async () => {
    const who = await anImporter(app);
    await who.call('POST', '/contacts', { external_id: 'c1', first_name: 'Ann' });
    const segment = (await who.call('POST', '/segments', { name: 'Fair' })).json();
    const done = await who.take('Id,Name\nc1,Anna\nc2,Bo\nc2,Bob\n', {
      policy: 'skip',
      segment_id: segment.id,
    });
    expect(done).toMatchObject({ created: 1, skipped: 2 });
    const members = (await who.call('GET', `/segments/${segment.id}/members`)).json().data;
    expect(members.map(({ name }: { name: string }) => name).toSorted()).toEqual(['Ann', 'Bo']);
    expect((await who.call('GET', `/segments/${segment.id}`)).json()).toMatchObject({ count: 2 });
    // and that list is what a campaign for this import is for
    const plan = { name: 'After the fair', content: { text: 'Hi' }, audience: { import_id: done.id } };
    expect((await who.call('POST', '/campaigns', plan)).json()).toMatchObject({
      audience: { segment_ids: [segment.id] },
    });
    const { id } = await who.uploaded('Name\nAnn\n');
    const refused = await who.call('POST', '/campaigns', { ...plan, audience: { import_id: id } });
    expect([codeOf(refused), refused.json().errors]).toMatchObject([
      '422 VALIDATION_FAILED',
      [{ pointer: '/audience/import_id' }],
    ]);
  });

  it('is started once, by whoever has looked at what stands there', async () => {
    const who = await anImporter(app);
    const { id, version } = await who.uploaded('Name\nAnn\n');
    await who.change(id, { tags: ['x'] });
    expect(codeOf(await who.call('POST', `/imports/${id}/start`, { version }))).toBe('409 VERSION_CONFLICT');
    const both = await Promise.all(
      [1, 2].map(() => who.call('POST', `/imports/${id}/start`, { version: version + 1 })),
    );
    expect(both.map(codeOf).toSorted()).toEqual(['202', '409 ILLEGAL_MOVE']);
    expect(await who.ended(id)).toMatchObject({ status: 'finished', created: 1 });
    expect(codeOf(await who.call('PATCH', `/imports/${id}`, { tags: [] }))).toBe('409 ILLEGAL_MOVE');
    expect(codeOf(await who.call('POST', `/imports/${id}/cancel`))).toBe('409 ILLEGAL_MOVE');
    expect((await peopleOf(who)).length).toBe(1);
  });

  it('of a table in which nobody could be told is not started', async () => {
    const { id } = await shop.uploaded('City,Size\nLeeds,3\n');
    const answer = await shop.call('POST', `/imports/${id}/start`);
    expect([codeOf(answer), answer.json().errors]).toMatchObject([
      '422 VALIDATION_FAILED',
      [{ pointer: '/mapping' }],
    ]);
  });

  it('of a column declared as something else reads it as that, though it was declared after the upload', async () => {
    const who = await anImporter(app);
    const { id, settings } = await who.uploaded('Name,Size\nAnn,3\n');
    expect(settings.mapping[1]).toMatchObject({ type: 'number' });
    await who.call('POST', '/attributes', { name: 'size', type: 'text' });
    expect((await who.call('GET', `/imports/${id}/preview`)).json().data).toMatchObject([
      { outcome: 'created', contact: { attributes: { size: '3' } } },
    ]);
    expect((await who.call('POST', `/imports/${id}/start`)).statusCode).toBe(202);
    expect(await who.ended(id)).toMatchObject({ created: 1, settings: { mapping: [{}, { type: 'text' }] } });
    expect((await peopleOf(who))[0]!.attributes).toEqual({ size: '3' });
  });

  it('takes the declared types for its suggestions; values that do not fit reject their row and nothing else', async () => {
    const who = await anImporter(app);
    for (const [name, type] of [['size', 'number'], ['code', 'text'], ['likes', 'list'], ['born', 'date'], ['full', 'boolean']]) await who.call('POST', '/attributes', { name, type }); // biome-ignore format: one row
    const { id, settings } = await who.uploaded(
      'Id,Size,Code,Likes,Born,Full\nc1,3,17,"tea, oil",21.11.1990,yes\nc2,big,18,tea,22.12.1991,no\n',
    );
    expect(settings.mapping.slice(1)).toEqual([
      { kind: 'attribute', name: 'size', type: 'number', decimal: '.' },
      { kind: 'attribute', name: 'code', type: 'text' },
      { kind: 'attribute', name: 'likes', type: 'list' },
      { kind: 'attribute', name: 'born', type: 'date', order: 'dmy' },
      { kind: 'attribute', name: 'full', type: 'boolean' },
    ]);
    const { preview, default_country } = await who
      .change(id, { default_country: 'US' })
      .then(({ preview, settings }) => ({ preview, ...settings }));
    expect(default_country).toBe('US');
    expect(preview).toMatchObject([
      { outcome: 'created', contact: { attributes: { size: 3, code: '17', likes: ['tea', 'oil'], born: '1990-11-21', full: true } } },
      { outcome: 'rejected', problems: [{ column: 'Size', reason: expect.stringContaining('no number') }] },
    ]); // biome-ignore format: dense
    // a type that is sent for it changes nothing either
    const mapping = settings.mapping.with(2, { kind: 'attribute', name: 'code', type: 'number' });
    expect((await who.change(id, { mapping })).settings.mapping).toEqual(settings.mapping);
  });

  it('of our own export, with every declared type, gives the same people again', async () => {
    const [here, there] = [await anImporter(app), await anImporter(app)];
    const types = { size: 'number', code: 'text', likes: 'list', born: 'date', full: 'boolean' };
    for (const who of [here, there])
      for (const [name, type] of Object.entries(types)) await who.call('POST', '/attributes', { name, type });
    const people = [
      { external_id: '0017', first_name: 'Ann', tags: ['vip'], attributes: { size: 3.5, code: '42', likes: ['tea, green', 'oil'], born: '1990-11-02', full: true } },
      { external_id: '0018', first_name: '=Bo', attributes: { code: '2026-01-02', likes: ['7'], full: false } },
    ]; // biome-ignore format: one per person
    for (const person of people) await here.call('POST', '/contacts', person);
    const { id } = (await here.call('POST', '/exports', {})).json();
    const file = async () => here.call('GET', `/exports/${id}/file`);
    await until('the export is there', async () => (await file()).statusCode === 200);
    expect(await there.take((await file()).body)).toMatchObject({ created: 2, rejected: 0 });
    expect(
      (await peopleOf(there)).toSorted((a, b) => (a.external_id! < b.external_id! ? -1 : 1)),
    ).toMatchObject(people);
  });

  it('of a corrected report goes on with what was decided for the table it came from', async () => {
    const who = await anImporter(app);
    const list = (await who.call('POST', '/segments', { name: 'Fair' })).json();
    const { columns } = await who.uploaded('Nr,Handy,Ort\n1,020 7946 0018,Leeds\n2,12,York\n');
    const decided = {
      mapping: [columns[0]!.suggestion, columns[1]!.suggestion, { kind: 'attribute' as const, name: 'town', type: 'text' as const }],
      policy: 'overwrite' as const, default_country: 'GB', tags: ['fair'], segment_id: list.id,
      consent: { channel: 'telegram' as const, state: 'opted_in' as const, wording: 'Card of the fair' },
    }; // biome-ignore format: dense
    const done = await who.take('Nr,Handy,Ort\n1,020 7946 0018,Leeds\n2,12,York\n', decided);
    expect(done).toMatchObject({ created: 1, rejected: 1 });
    const report = (await who.report(done.id)).join('\r\n').replace('"12"', '12');
    const again = await who.uploaded(report.replace(',12,', ',020 7946 0019,'));
    expect(again.settings).toEqual({
      ...decided,
      mapping: [...Array(4).fill({ kind: 'ignore' }), ...decided.mapping],
    });
    await who.call('POST', `/imports/${again.id}/start`);
    expect(await who.ended(again.id)).toMatchObject({ created: 1, rejected: 0 });
    // without its list, which is deleted, the rest holds; a report with other columns is somebody's own affair
    await who.call('DELETE', `/segments/${list.id}`);
    expect((await who.uploaded(report)).settings).toMatchObject({ segment_id: null, tags: ['fair'] });
    expect((await who.uploaded(report.replace('Ort', 'Stadt'))).settings).toMatchObject({
      tags: [],
      consent: null,
    });
  });

  it('says of two rows with one id which changed the other, in the report and in its figures', async () => {
    const who = await anImporter(app);
    const done = await who.take('Id,Name,Email\nc1,Ann,ann@example.com\nc1,Bo,bo@example.com\n');
    expect(done).toMatchObject({ created: 1, updated: 1, remarked: 1 });
    expect((await who.report(done.id))[1]).toContain('line 2 said: same id, other name and email');
    expect((await who.call('GET', `/imports/${done.id}/preview`)).json().data[1].remarks).toHaveLength(1);
  });

  it('names the cell that keeps a column from being numbers, beside the column', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `c${n},${n === 7 ? 'n/a' : n}`).join('\n');
    const { columns } = await shop.uploaded(`Id,Points\n${rows}\n`);
    expect(columns.map(({ note }) => note)).toEqual([null, expect.stringContaining('is no number (line 9)')]);
  });

  it('that turns out to be damaged fails with the words for it, and keeps what was written', async () => {
    const who = await anImporter(app);
    const rows = Array.from({ length: 3000 }, (_, n) => `c${n},Ann ${n}\n`).join('');
    const done = await who.take(`Id,Name\n${rows}"c9000,Bo\n`);
    expect(done).toMatchObject({
      status: 'failed',
      created: 3000,
      problem: expect.stringContaining('line 3002'),
    });
    expect(await auditOf(who, 'import.failed')).toMatchObject([{ detail: { created: 3000 } }]);
  });
});

describe('who may', () => {
  it('operators neither read nor write imports; tokens need the scope', async () => {
    const operator = await aMember(app, shop.workspaceId, 'operator');
    expect(codeOf(await operator.call('GET', '/imports'))).toBe('403 FORBIDDEN');
    const marketer = await aMember(app, shop.workspaceId, 'marketer');
    expect((await importing(marketer).upload('Name\nAnn\n')).statusCode).toBe(201);
    expect(codeOf(await importing(visitor(app)).upload('Name\nAnn\n'))).toBe('401 UNAUTHENTICATED');
  });
});
