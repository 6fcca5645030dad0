import { expect, test } from 'vitest';
import { progressWords } from './progress-words.ts';

test('an estimate stays one while the work runs', () => {
  expect(progressWords(11_000, 109_876, 'rows', 'about 110,000 rows')).toEqual({
    far: '11,000 of about 110,000 rows',
    percent: 'about 10.0%',
  });
  expect(progressWords(5, 20, 'people')).toEqual({ far: '5 of 20 people', percent: '25.0%' });
  expect(progressWords(5, null, 'rows')).toEqual({ far: '5 rows', percent: null });
});
