import { expect, test } from 'vitest';
import { content } from '../../contract/message.ts';
import { compileMessage } from './compile.ts';
import { sampleContact } from './contact.ts';
import { messageHints } from './hints.ts';

const untracked = (given: object) => {
  const written = content.parse(given);
  const hints = messageHints(written, compileMessage(written, 'telegram').render(sampleContact));
  return hints.find(({ key }) => key === 'link_not_trackable')?.count ?? 0;
};

test.each([
  [0, '[a](https://a.example) and [a](https://a.example)'],
  [1, '[a](https://a.example/{{contact.external_id}}) and [b](https://b.example)'],
  // whatever the way in which it comes to be another one for each
  [1, '[a](https://a.example/{%if contact.email%}{{contact.email}}{%endif%})'],
  [1, '[a](https://a.example/{{ contact.external_id }})'],
  [1, '*[us](tg://resolve?domain=us)*'],
  // no link is there to be counted
  [0, 'a](https://a.example/{{contact.external_id}})'],
])('%i addresses are not counted: %s', (count, text) => {
  expect(untracked({ text })).toBe(count);
});

test('buttons with an address of one’s own are not counted either', () => {
  const buttons = ['https://a.example/?u={{ contact.external_id }}', 'https://a.example'].map((url) => ({
    text: 'Open',
    url,
  }));
  expect(untracked({ text: 'Hi', buttons })).toBe(1);
});
