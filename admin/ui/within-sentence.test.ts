import { expect, test } from 'vitest';
import { withinSentence } from './within-sentence.ts';

test.each([
  ['Every Friday at 09:00 in London, until 9 Apr 2027', 'every Friday at 09:00 in London, until 9 Apr 2027'],
  ['Kept under the status Archived.', 'kept under the status Archived.'],
  ['Not on WhatsApp', 'not on WhatsApp'],
  ['WhatsApp does not let this business write there', 'WhatsApp does not let this business write there'],
  ['', ''],
])('%s', (words, inside) => expect(withinSentence(words)).toBe(inside));
