import { expect, test } from 'vitest';
import { commandOf } from './command.ts';

test.each([
  '/stop',
  '/STOP',
  ' /stop ',
  '/stop@marlow_bot',
  '/stop please',
  'stop',
  'STOP',
  'Stop.',
  'stop!',
  'Bitte abmelden',
  'отписаться',
])('"%s" asks for no more messages', (text) => expect(commandOf(text)).toBe('stop'));
test.each(['/start', '/start ref_42', '/Start@marlow_bot x'])('"%s" is a start', (text) => {
  expect(commandOf(text)).toBe('start');
});
test.each([
  'please stop by tomorrow',
  'nonstop',
  '/stopwatch',
  '/starter',
  'stop it',
  '',
  'start',
  'don’t /stop',
  '/stopp',
])('"%s" is an ordinary message', (text) => expect(commandOf(text)).toBeNull());
