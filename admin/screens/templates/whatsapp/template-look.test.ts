import { expect, test } from 'vitest';
import { spansOf } from './template-look.ts';

const text = (words: string) => ({ kind: 'text', text: words });

test('marks are read as WhatsApp reads them', () => {
  expect(spansOf('Hi *Ann*, use _this_ now')).toEqual([
    text('Hi '),
    { kind: 'bold', children: [text('Ann')] },
    text(', use '),
    { kind: 'italic', children: [text('this')] },
    text(' now'),
  ]);
  expect(spansOf('*_both_*')).toEqual([
    { kind: 'bold', children: [{ kind: 'italic', children: [text('both')] }] },
  ]);
  expect(spansOf('```a *b*```')).toEqual([{ kind: 'mono', children: [text('a *b*')] }]);
});

test('what only looks like a mark stays', () => {
  for (const plain of ['snake_case_name', '2 * 3 * 4', '* not a mark *', '', 'a*b*c'])
    expect(spansOf(plain)).toEqual(plain === '' ? [] : [text(plain)]);
});
