import { beforeEach, expect, test, vi } from 'vitest';
import { type Campaign, settings } from '../../../contract/campaigns.ts';
import { type Draft, draftOf } from './draft.ts';
import { keepCopy, removeCopy, restoredCopy } from './draft-copy.ts';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

const campaign = (own: Partial<Campaign> = {}) =>
  ({
    id: 'cmp_1',
    version: 4,
    status: 'scheduled',
    name: 'Friday',
    type: 'promotional',
    connection_id: null,
    audience: { all: true },
    content: { text: 'Hello', media: [], buttons: [] },
    schedule: { mode: 'at', local: '2029-06-01T09:00', time_zone: 'Europe/London' },
    settings: settings.parse({}),
    trigger: null,
    ...own,
  }) as unknown as Campaign;
const typed = (own: Partial<Draft>): Draft => ({ ...draftOf(campaign()), ...own });
const keep = (own: Partial<Draft>) =>
  keepCopy('cmp_1', { version: 4, draft: typed(own), base: draftOf(campaign()) });

test('what was typed is back, and a version that changed no plan is no obstacle', () => {
  keep({ name: 'Saturday' });
  expect(restoredCopy(campaign())).toMatchObject({ version: 4, draft: { name: 'Saturday' } });
  expect(restoredCopy(campaign({ version: 6 }))).toMatchObject({ version: 6, draft: { name: 'Saturday' } });
});

test('it never overwrites a later plan, and is nothing where it says the same', () => {
  keep({ name: 'Saturday' });
  const other = campaign({ version: 5, content: { text: 'Theirs', media: [], buttons: [] } });
  // on what it was written says that somebody else has changed it since
  expect(restoredCopy(other)).toMatchObject({ version: 4, base: { content: { text: 'Hello' } } });
  expect(restoredCopy(campaign({ version: 5, name: 'Saturday' }))).toBeNull();
  removeCopy('cmp_1');
  expect(restoredCopy(campaign())).toBeNull();
});

test('"now" that was chosen before a date went out is not chosen for the next', () => {
  keep({ name: 'Saturday', schedule: { mode: 'now' } });
  expect(restoredCopy(campaign())?.draft.schedule.mode).toBe('now');
  expect(restoredCopy(campaign({ version: 6 }))?.draft.schedule.mode).toBe('at');
});
