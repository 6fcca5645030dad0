// What a person asks for by a command: to get no more messages, or to get them again. Pure.
import { isOptOutCommand } from './opt-out/opt-out-intent.ts';

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
