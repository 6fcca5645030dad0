// The address of a button: what leads nowhere is told in words that fit, when it is typed and when it is sent.
import { expect, it, test } from 'vitest';
import { content, contentInput } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage } from './compile.ts';
import { sampleContact } from './contact.ts';

const withAddress = (url: string) => ({ text: 'Look', buttons: [{ text: 'Go', url }] });
const typed = (url: string) =>
  contentInput
    .safeParse(withAddress(url))
    .error?.issues.map(({ path, message }) => [path.join('/'), message]);

it.each([
  'https://shop.example/summer sale',
  'https://shop.example/a\tb',
  'https://shop.example/{{ contact.email }}/a b',
])('with white space is refused as it is typed: %j', (url) => {
  expect(typed(url)).toEqual([['buttons/0/url', expect.stringMatching(/holds a space.*%20/)]]);
});

it.each([
  ' https://shop.example/a%20b ',
  'https://shop.example/{{ contact.first_name | default: "a b" }}',
  '{{ contact.attributes.cart_url }}',
  'https://shop.example/{% if contact.email %}a{% else %}b{% endif %}',
])('with spaces around it or between braces is fine: %s', (url) => {
  expect(typed(url)).toBeUndefined();
});

/** Stored before it was refused, or filled in. */
function sent(url: string, attributes: Record<string, unknown> = {}): string | undefined {
  try {
    compileMessage(content.parse(withAddress(url)), 'telegram').render({ ...sampleContact, attributes });
  } catch (error) {
    if (error instanceof AppError) return error.errors[0]?.detail;
    throw error;
  }
}

test('what is wrong at the launch is said of the message where it is the message’s, of the person where it is theirs', () => {
  expect(sent('https://shop.example/summer sale')).toBe(
    'The address of this button holds a space, a tab or a line break. Remove it, or write %20 for a space.',
  );
  expect(sent('{{ contact.attributes.cart }}', { cart: 'https://shop.example/a b' })).toBe(
    'The address of this button holds a space, a tab or a line break for this person. Correct their value.',
  );
  expect(sent('{{ contact.attributes.cart }}')).toBe(
    'The address of this button is not complete for this person. Add a default.',
  );
  expect(sent('{{ "shop" }}')).toBe(
    'The address of this button is not complete. Write it in full, beginning with https:// or http://.',
  );
});
