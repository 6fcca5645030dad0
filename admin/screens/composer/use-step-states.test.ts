import { expect, test } from 'vitest';
import { stepOfPointer } from '../../../contract/checks.ts';
import type { Draft } from './draft.ts';
import { beside, stepOf } from './steps/step.ts';
import { stepStates } from './use-step-states.ts';

const draft = {
  name: 'Spring sale',
  connection_id: 'con_1',
  content: { text: '', media: [], buttons: [] },
} as unknown as Draft;

test('a field belongs to the step that shows it', () => {
  expect(
    [
      '/name',
      '/connection_id',
      '/audience/exclude/campaign_ids/0',
      '/content/buttons/1/url',
      '/schedule/local',
      '/settings/missed/minutes',
      '/settings/canary/size',
      '',
    ].map((pointer) => stepOfPointer(pointer)),
  ).toEqual(['details', 'details', 'audience', 'message', 'schedule', 'schedule', 'settings', 'details']);
});

test('an address without a step, or with one that does not exist, opens the first', () => {
  expect([stepOf(undefined), stepOf('nonsense'), stepOf('review')]).toEqual(['details', 'details', 'review']);
  expect([beside('details', -1), beside('details', 1), beside('review', 1)]).toEqual([
    undefined,
    'audience',
    undefined,
  ]);
});

test('steps that were seen and hold what they must are done; what is not written is not', () => {
  const states = stepStates(draft, [], 'schedule');
  expect(Object.values(states).map(({ mark }) => mark)).toEqual([
    'done',
    'done',
    'todo',
    'done',
    'todo',
    'todo',
  ]);
});

test('a problem marks its step wherever the person stands, with how many there are', () => {
  const states = stepStates(
    draft,
    [
      { pointer: '/audience', detail: 'Choose at least one segment.' },
      { pointer: '/settings/batch/size', detail: 'Too many.' },
      { pointer: '/settings/batch/delay_seconds', detail: 'Too long.' },
    ],
    'details',
  );
  expect(states.audience).toEqual({ mark: 'error', count: 1 });
  expect(states.settings).toEqual({ mark: 'error', count: 2 });
  expect(states.details.mark).toBe('done');
});
