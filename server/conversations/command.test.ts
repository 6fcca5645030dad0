import { expect, test } from 'vitest';
import { commandOf, isStartWord } from './command.ts';

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
test.each(['START', 'start!', ' “Start” ', 'Démarrer', 'старт', 'Başlat', 'ابدأ', 'शुरू'])(
  '"%s" is the word that leads back',
  (text) => {
    expect(isStartWord(text)).toBe(true);
  },
);
test.each(['', 'when does it start', 'restart', 'constructor', 'stop', '!'])('"%s" is not', (text) =>
  expect(isStartWord(text)).toBe(false),
);
