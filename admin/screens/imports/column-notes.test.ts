import { expect, test } from 'vitest';
import type { PreviewRow } from '../../../contract/imports.ts';
import { columnNotes, linesInWords } from './column-notes.ts';

const row = (
  line: number,
  problems: PreviewRow['problems'],
  remarks: PreviewRow['remarks'] = [],
): PreviewRow => ({
  line,
  outcome: problems.length > 0 ? 'rejected' : 'created',
  contact_id: null,
  contact: null,
  problems,
  remarks,
});

test('the same reason of a column stands once with its lines, refusals before doubts', () => {
  const bad = { column: 'Tel', reason: 'This is not a phone number.' };
  const doubt = { column: 'Tel', reason: 'Its plus was lost.' };
  const whole = { column: null, reason: 'The row has 3 cells, the header 2.' };
  const notes = columnNotes([row(2, [], [doubt]), row(3, [bad]), row(4, [], [doubt]), row(7, [bad, whole])]);
  expect(notes.get('Tel')).toEqual([
    { tone: 'bad', text: 'Lines 3 and 7: This is not a phone number.' },
    { tone: 'warn', text: 'Lines 2 and 4: Its plus was lost.' },
  ]);
  expect(notes.get('')).toEqual([{ tone: 'bad', text: 'Line 7: The row has 3 cells, the header 2.' }]);
});

test('lines in words', () => {
  expect(linesInWords([5])).toBe('Line 5');
  expect(linesInWords([5, 9, 12, 14])).toBe('Lines 5, 9 and 2 more');
});
