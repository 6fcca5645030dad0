import { expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import { trigger } from '../../../contract/trigger.ts';
import { changesOnly, type Draft, storable } from './draft.ts';

const draft = (own: Partial<Draft['settings']>): Draft => ({
  name: 'Advent',
  type: 'promotional',
  connection_id: null,
  audience: { all: true },
  content: { text: 'Hello', media: [], buttons: [] },
  schedule: { mode: 'now' },
  settings: { ...settings.parse({}), ...own },
  trigger: null,
});

test('sending options that can be stored are stored', () => {
  const { patch, problems } = storable(draft({ messages_per_minute: 600 }));
  expect(problems).toEqual([]);
  expect(patch.settings).toMatchObject({ messages_per_minute: 600 });
});

test.each([
  ['/settings/messages_per_minute', { messages_per_minute: 90_000 }],
  ['/settings/messages_per_minute', { messages_per_minute: 0 }],
  ['/settings/batch/size', { batch: { size: 257, delay_seconds: 60 } }],
  ['/settings/batch/delay_seconds', { batch: { size: 10, delay_seconds: Number.NaN } }],
  ['/settings/missed/minutes', { missed: { mode: 'send_if_late_less_than', minutes: 1 } }],
] as const)('a number that cannot be stored is named at %s, and the rest is kept', (pointer, own) => {
  const { patch, problems } = storable(draft(own));
  expect(problems).toEqual([{ pointer, detail: expect.stringMatching(/^Choose .* to .*\d/) }]);
  expect(patch).not.toHaveProperty('settings');
  expect(patch).toMatchObject({ name: 'Advent', content: { text: 'Hello' } });
});

test('a delay that cannot be stored is named, and the rest is kept', () => {
  const { patch, problems } = storable({
    ...draft({}),
    trigger: { ...trigger.parse({}), delay_minutes: 600_000 },
  });
  expect(problems).toEqual([
    { pointer: '/trigger/delay_minutes', detail: expect.stringContaining('0 to 525,600 minutes') },
  ]);
  expect(patch).not.toHaveProperty('trigger');
  expect(patch).toHaveProperty('settings');
});

test('only what was changed is sent, whatever the order of its fields', () => {
  const stored = draft({});
  const settingsInAnotherOrder = Object.fromEntries(Object.entries(stored.settings).toReversed());
  const { patch } = storable({
    ...stored,
    name: 'Advent ',
    content: { ...stored.content, text: 'Good morning' },
    settings: settingsInAnotherOrder as Draft['settings'],
  });
  expect(changesOnly(patch, stored)).toEqual({ content: { text: 'Good morning', media: [], buttons: [] } });
});
