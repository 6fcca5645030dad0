// How long a person on WhatsApp can still be answered freely, counted down while it is looked at.
import { useEffect, useState } from 'react';
import type { Conversation } from '../../../contract/conversations.ts';

export interface WindowLeft {
  open: boolean;
  /** "23 h 56 min", "4 min"; null: closed. */
  left: string | null;
}

/** Null: the channel knows no window. */
export function useWindow(window: Conversation['window']): WindowLeft | null {
  const [now, setNow] = useState(() => Date.now());
  const until = window?.until ? Date.parse(window.until) : null;
  const isOpen = until !== null && until > now;
  useEffect(() => {
    if (until === null || until <= Date.now()) return;
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    // to the moment: what is typed then must not be lost to a refusal
    const end = setTimeout(() => setNow(Date.now()), Math.min(until - Date.now() + 500, 2 ** 31 - 1));
    return () => {
      clearInterval(timer);
      clearTimeout(end);
    };
  }, [until]);
  // a new message opened it, and no timer has run since
  if (until !== null && until > Date.now() !== isOpen) setNow(Date.now());
  if (!window) return null;
  return { open: isOpen, left: isOpen ? timeLeft(until - now) : null };
}

/** Rounded down, never nothing: the last minute is "1 min". */
export function timeLeft(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
