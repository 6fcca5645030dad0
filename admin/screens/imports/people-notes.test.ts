import { expect, test } from 'vitest';
import type { PreviewRow } from '../../../contract/imports.ts';
import { peopleNotes } from './people-notes.ts';

const row = (outcome: PreviewRow['outcome'], contact: Partial<PreviewRow['contact']>): PreviewRow => ({
  line: 2, outcome, contact_id: null, problems: [], remarks: [],
  contact: outcome === 'rejected' ? null : {
    external_id: null, first_name: 'Ann', last_name: null, email: null, phone: null, language: null, time_zone: null,
    attributes: {}, tags: [], addresses: 0, reachable: false, ...contact,
  },
}); // biome-ignore format: dense

test('says who cannot be messaged, whose Start is needed, and who would be there twice', () => {
  const notes = peopleNotes([
    row('created', { external_id: 'c1' }),
    row('created', { email: 'ann@example.com', addresses: 1, reachable: true }),
    row('created', { phone: '+442079460018' }),
    row('updated', { addresses: 1, reachable: true }),
    row('rejected', {}),
  ]);
  expect(notes).toEqual([
    expect.stringMatching(/^2 of the first 4 rows: no message reaches/),
    expect.stringMatching(/^1 of the first 4 rows bring a new person with a Telegram id/),
    expect.stringMatching(/^1 of the first 4 rows have neither an id/),
  ]);
  expect(peopleNotes([row('created', { external_id: 'c1' })])[0]).toMatch(/^All of the first 1 row:/);
  expect(peopleNotes([row('updated', { addresses: 1, reachable: true })])).toEqual([]);
});
