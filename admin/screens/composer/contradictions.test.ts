import { expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import { suggestedCanary } from '../../../contract/canary.ts';
import { contradictions } from './contradictions.ts';
import type { Draft } from './draft.ts';
import { suggestedTest } from './settings/ab-test.ts';

const content = { text: 'Hello', media: [], buttons: [] };
const local: Draft['schedule'] = {
  mode: 'recipient_local',
  local: '2029-06-01T09:00',
  time_zone: 'Europe/London',
  passed: 'next_day',
};
const draft = (schedule: Draft['schedule'], own: Partial<Draft['settings']>): Draft => ({
  name: 'Advent',
  type: 'promotional',
  connection_id: null,
  audience: { all: true },
  content,
  schedule,
  settings: { ...settings.parse({}), ...own },
  trigger: null,
});
const pointers = (one: Draft) => contradictions(one).map(({ pointer }) => pointer);

test('the test that the panel suggests contradicts no schedule', () => {
  expect(contradictions(draft(local, { ab: suggestedTest(content, local) }))).toEqual([]);
  expect(suggestedTest(content, { mode: 'now' }).winner).toMatchObject({ by: 'replies' });
});

test('figures that come too late, and a canary beside a test or own zones, are named at their switch', () => {
  const ab = suggestedTest(content, { mode: 'now' });
  expect(pointers(draft(local, { ab }))).toEqual(['/settings/ab']);
  expect(pointers(draft(local, { canary: suggestedCanary }))).toEqual(['/settings/canary']);
  expect(pointers(draft({ mode: 'now' }, { ab, canary: suggestedCanary }))).toEqual(['/settings/ab']);
});

test('an empty wording is named at its text', () => {
  const ab = suggestedTest({ ...content, text: ' ' }, { mode: 'now' });
  expect(pointers(draft({ mode: 'now' }, { ab }))).toEqual(['/settings/ab/variants/0/content/text']);
});
