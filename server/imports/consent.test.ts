// Consent that comes with a table: the same record and history as any other, and an opt-out that no table takes back without
// proof.
import { describe, expect, it } from 'vitest';
import type { ContactImport } from '../../contract/imports.ts';
import { manualClock } from '../platform/clock.ts';
import { anImporter, type Importer, importApp } from './testing-imports.ts';

const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
const { app } = await importApp({ clock });
const consent = { channel: 'telegram', state: 'opted_in', wording: 'Signed up at the fair' } as const;

async function aShop() {
  const who = await anImporter(app);
  const person = async (externalId: string) => {
    const found = (await who.call('GET', `/contacts?search=${externalId}`)).json().data[0];
    const history = (await who.call('GET', `/contacts/${found.id}/consent/history`)).json().data;
    return { id: found.id as string, consent: found.consent[0] ?? null, history };
  };
  /** In November 2026, by the operator. */
  const optOut = async (externalId: string) => {
    const { id } = (
      await who.call('POST', '/contacts', { external_id: externalId, first_name: 'Ann' })
    ).json();
    await who.call('POST', `/contacts/${id}/consent`, { channel: 'telegram', state: 'opted_out' });
  };
  return { who, person, optOut };
}
const reasonsOf = async (who: Importer, { id }: ContactImport) =>
  (await who.report(id)).slice(1).map((row) =>
    row
      .split(',')
      .slice(0, 2)
      .concat(/stays: [^"]*/.exec(row)?.[0] ?? ''),
  );

describe('consent of a table', () => {
  it('is recorded with its source and wording, and who imported it', async () => {
    const { who, person } = await aShop();
    const done = await who.take('Id,Name\nc1,Ann\nc2,Bo\n', { consent });
    expect(done).toMatchObject({ created: 2, remarked: 0, report_url: null });
    const ann = await person('c1');
    expect(ann.consent).toMatchObject({
      channel: 'telegram',
      state: 'opted_in',
      source: 'import',
      wording: 'Signed up at the fair',
    });
    expect(ann.history).toMatchObject([
      { state: 'opted_in', source: 'import', by: expect.stringMatching(/^Owner/) },
    ]);
    // the same table again is no new consent
    await who.take('Id,Name\nc1,Ann\n', { consent });
    expect((await person('c1')).history).toHaveLength(1);
  });

  it('says nothing of people who stay as they are', async () => {
    const { who, person } = await aShop();
    await who.call('POST', '/contacts', { external_id: 'c1', first_name: 'Ann' });
    await who.take('Id,Name\nc1,Ann\n', { consent, policy: 'skip' });
    expect((await person('c1')).consent).toBeNull();
  });

  it('can be that people do not want any', async () => {
    const { who, person } = await aShop();
    await who.take('Id,Name\nc1,Ann\n', { consent });
    await who.take('Id,Name\nc1,Ann\n', {
      consent: { channel: 'telegram', state: 'opted_out', wording: 'List of the old shop' },
    });
    expect((await person('c1')).history).toMatchObject([
      { state: 'opted_out', source: 'import' },
      { state: 'opted_in' },
    ]);
  });
});

describe('an opt-out in our records', () => {
  const table = 'Id,Name,Words,Agreed\n';
  const mapping = [
    { kind: 'field', field: 'external_id' },
    { kind: 'field', field: 'first_name' },
    { kind: 'consent_wording' },
    { kind: 'consent_at', order: 'dmy' },
  ] as const;

  it('stays against the wording for all, an undated proof and an older one, and each row says so', async () => {
    const { who, person, optOut } = await aShop();
    for (const id of ['c1', 'c2', 'c3']) await optOut(id);
    const done = await who.take(
      `${table}c1,Ann,,\nc2,Ann,Yes please,\nc3,Ann,Yes please,20.11.2026\nc4,Di,,\n`,
      {
        consent,
        mapping: [...mapping],
      },
    );
    expect(done).toMatchObject({ updated: 3, created: 1, rejected: 0, remarked: 3 });
    for (const id of ['c1', 'c2', 'c3'])
      expect((await person(id)).history, id).toMatchObject([{ state: 'opted_out', source: 'operator' }]);
    expect((await person('c4')).consent).toMatchObject({
      state: 'opted_in',
      wording: 'Signed up at the fair',
    });
    expect(await reasonsOf(who, done)).toEqual([
      ['2', '"taken', expect.stringContaining('no words of theirs')],
      ['3', '"taken', expect.stringContaining('does not say when')],
      ['4', '"taken', expect.stringContaining('is older')],
    ]);
  });

  it('yields to a later proof of the person’s own, which is kept', async () => {
    const { who, person, optOut } = await aShop();
    await optOut('c1');
    clock.advance(5 * 86_400_000);
    const done = await who.take(`${table}c1,Ann,Yes please,24.11.2026\n`, { consent, mapping: [...mapping] });
    expect(done).toMatchObject({ updated: 1, remarked: 0 });
    expect((await person('c1')).history).toMatchObject([
      { state: 'opted_in', source: 'import', wording: 'Yes please (2026-11-24)' },
      { state: 'opted_out' },
    ]);
  });

  it('stays against a proof that is older than the last time it was said', async () => {
    const { who, person, optOut } = await aShop();
    await optOut('c1');
    clock.advance(2 * 86_400_000);
    const proof = clock.now().toISOString();
    clock.advance(2 * 86_400_000);
    const again = clock.now().toISOString();
    const { id } = await person('c1');
    await who.call('POST', `/contacts/${id}/consent`, { channel: 'telegram', state: 'opted_out' });
    const done = await who.take(`${table}c1,Ann,Yes please,${proof}\n`, { consent, mapping: [...mapping] });
    expect(done).toMatchObject({ remarked: 1 });
    expect((await person('c1')).consent).toMatchObject({ state: 'opted_out' });
    expect((await who.report(done.id))[1]).toContain(`last said no on ${again.slice(0, 10)}`);
  });

  it.each(['.', '\u200b\u200b\u200b\u200b', 'ok'])('stays against words that are none: %j', async (words) => {
    const { who, person, optOut } = await aShop();
    await optOut('c1');
    clock.advance(5 * 86_400_000);
    const proof = clock.now().toISOString();
    const done = await who.take(`${table}c1,Ann,${words},${proof}\nc2,Bo,${words},\n`, {
      consent,
      mapping: [...mapping],
    });
    expect(done).toMatchObject({ rejected: 0, remarked: 2 });
    expect((await person('c1')).consent).toMatchObject({ state: 'opted_out' });
    expect((await person('c2')).consent).toMatchObject({ wording: 'Signed up at the fair' });
    expect((await who.report(done.id))[1]).toContain('no words that prove anything');
  });

  it('and a wording for all that is no words is refused beside the field', async () => {
    const { who } = await aShop();
    const made = await who.uploaded('Id,Name\nc1,Ann\n');
    const given = await who.call('PATCH', `/imports/${made.id}`, { consent: { ...consent, wording: ' . ' } });
    expect(given.json()).toMatchObject({ errors: [{ pointer: '/consent/wording' }] });
  });

  it('is not undone by an agreement of tomorrow', async () => {
    const { who, optOut } = await aShop();
    await optOut('c1');
    const done = await who.take(`${table}c1,Ann,Yes please,24.11.2030\n`, { consent, mapping: [...mapping] });
    expect(done).toMatchObject({ updated: 0, rejected: 1 });
    expect((await who.report(done.id))[1]).toContain('lies in the future');
  });
});
