import { expect, test } from 'vitest';
import { testThrough } from './test-through.ts';

test('a test goes where the preview is looked at, as far as that works', () => {
  const connections = [
    { id: 'con_1', channel: 'whatsapp', status: 'connected' },
    { id: 'con_2', channel: 'telegram', status: 'error' },
    { id: 'con_3', channel: 'telegram', status: 'connected' },
  ] as const;
  expect(testThrough([...connections], 'telegram')).toBe('con_3');
  expect(testThrough([...connections], 'website')).toBe('con_1');
  expect(testThrough([...connections], undefined)).toBe('con_1');
  expect(testThrough([connections[1]], 'telegram')).toBeNull();
});
