import { expect, test } from 'vitest';
import { type Campaign, settings } from '../../../contract/campaigns.ts';
import { ApiProblem } from '../../api.ts';
import type { Draft, DraftPatch } from './draft.ts';
import { storeParts } from './store-parts.ts';

const stored: Draft = {
  name: 'Advent',
  type: 'promotional',
  connection_id: null,
  audience: { all: true },
  content: { text: 'Hello', media: [], buttons: [] },
  schedule: { mode: 'now' },
  settings: settings.parse({}),
  trigger: null,
};
const refusal = (...pointers: string[]) =>
  new ApiProblem(
    { status: 422, detail: 'No.', errors: pointers.map((pointer) => ({ pointer, detail: `At ${pointer}` })) },
    null,
  );

/** A server that refuses what `refuses` says of a patch, and keeps every patch it was sent. */
function server(refuses: (patch: DraftPatch) => string[]) {
  const sent: DraftPatch[] = [];
  const send = async (patch: DraftPatch): Promise<Campaign> => {
    sent.push(patch);
    const pointers = refuses(patch);
    if (pointers.length > 0) throw refusal(...pointers);
    return patch as Campaign;
  };
  return { sent, send };
}

test('one refused field leaves the others stored, and is named', async () => {
  const { send } = server((patch) => (patch.audience ? ['/audience/segment_ids/0'] : []));
  const { saved, refused } = await storeParts(
    { name: 'Spring', audience: { segment_ids: ['seg_gone'] } },
    stored,
    send,
  );
  expect(saved).toEqual({ name: 'Spring' });
  expect(refused?.errors.map(({ pointer }) => pointer)).toEqual(['/audience/segment_ids/0']);
});

test('of the settings only the refused one stays as it was stored; one refusal after the other', async () => {
  const typed = { ...stored.settings, silent: true, paid_broadcast: true, holdout_percent: 90 };
  const { sent, send } = server(({ settings: given, name }) => {
    if (given?.paid_broadcast) return ['/settings/paid_broadcast'];
    if (given?.holdout_percent) return ['/settings/holdout_percent'];
    return name === '' ? ['/name'] : [];
  });
  const { saved, refused } = await storeParts({ settings: typed, name: '' }, stored, send);
  expect(saved?.settings).toEqual({ ...stored.settings, silent: true });
  expect(sent).toHaveLength(4);
  expect(refused?.errors.map(({ pointer }) => pointer)).toEqual([
    '/settings/paid_broadcast',
    '/settings/holdout_percent',
    '/name',
  ]);
});

test('nothing left is no save; what is no matter of a field is thrown, and asked once', async () => {
  const only = server(() => ['/name']);
  expect(await storeParts({ name: 'x' }, stored, only.send)).toMatchObject({ saved: null, refused: {} });
  const elsewhere = server(() => ['/settings/ab']);
  await expect(storeParts({ name: 'x' }, stored, elsewhere.send)).rejects.toThrow('No.');
  expect(elsewhere.sent).toHaveLength(1);
  const conflict = new ApiProblem({ status: 409, code: 'VERSION_CONFLICT' }, null);
  await expect(storeParts({ name: 'x' }, stored, () => Promise.reject(conflict))).rejects.toBe(conflict);
});
