// What a person asks for by a command: to get no more messages, or to get them again. Pure.

export type Command = 'stop' | 'start';

/**
 * "/stop", "/stop@our_bot", or the one word "stop" in any capitals; "please stop by tomorrow" is a sentence and no command.
 * "/start", with or without the payload of a t.me link (Bot API 10.1, deep linking, 2026-06-11).
 */
export function commandOf(text: string): Command | null {
  const trimmed = text.trim();
  if (/^\/stop(@\w+)?(\s|$)/i.test(trimmed) || /^stop[.!]?$/i.test(trimmed)) return 'stop';
  return /^\/start(@\w+)?(\s|$)/i.test(trimmed) ? 'start' : null;
}
