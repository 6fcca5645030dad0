import { expect, test } from 'vitest';
import { whomInWords } from './whom-in-words.ts';

const id = 'cnt_1';
test.each([
  [{ filter: { search: 'zoe' } }, 12_500, '12,500 people found by “zoe”'],
  [{ filter: {} }, 40, 'all 40 people'],
  [{ filter: {}, except: [id] }, 39, '39 people, without the 1 you left out'],
  [{ contact_ids: [id] }, 1, 'the 1 person you selected'],
  [
    { filter: { tags: ['vip'], segment_id: 'seg_1', reachable: false, consent: 'opted_out' as const } },
    3,
    '3 people tagged vip, in the segment “Collectors”, not reachable, opted out',
  ],
])('%j', (select, count, words) => expect(whomInWords(select, count, 'Collectors')).toBe(words));
