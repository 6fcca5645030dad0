// What a person asks for by a command: to get no more messages, or to get them again. Pure.
import { isOptOutCommand } from './opt-out/opt-out-intent.ts';
import { fold } from './opt-out/words.ts';

export type Command = 'stop' | 'start';

/**
 * "/stop", "/stop@our_bot", or nothing but the one word in any of the languages ("STOP!", "bitte abmelden"); "please stop by
 * tomorrow" is a sentence and no command. "/start", with or without the payload of a t.me link (Bot API 10.1, deep
 * linking, 2026-06-11).
 */
export function commandOf(text: string): Command | null {
  const trimmed = text.trim();
  if (/^\/start(@\w+)?(\s|$)/i.test(trimmed)) return 'start';
  if (/^\/stop(@\w+)?(\s|$)/i.test(trimmed)) return 'stop';
  return trimmed.startsWith('/') || !isOptOutCommand(trimmed) ? null : 'stop';
}

/** In the languages that opt-outs are understood in; START itself is known in all of them, since the confirmation names it. */
const startWords =
  'start unstop starten anfangen démarrer commencer empezar iniciar começar inizia старт почати başla başlat zacznij ابدأ mulai शुरू';
const foldedStarts = new Set(fold(startWords).split(' '));

/**
 * "START", "start!": how somebody who opted out comes back where there are no commands with a slash. From anybody else it is a
 * word like any other, so whoever asks has to know that they are out.
 */
export function isStartWord(text: string): boolean {
  if (text.length > 40) return false;
  return foldedStarts.has(fold(text).replace(/^[^\p{L}]+|[^\p{L}\p{M}]+$/gu, ''));
}
