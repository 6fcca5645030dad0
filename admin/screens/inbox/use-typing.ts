// Tells the server that an answer is being written, as often as the platform shows it anew (25 seconds).
import { useRef } from 'react';
import { api } from '../../api.ts';

const everyMs = 20_000;

/** Best effort: nobody is told when it fails. */
export function useTyping(conversationId: string, isShown: boolean): () => void {
  const last = useRef(0);
  return () => {
    if (!isShown || Date.now() - last.current < everyMs) return;
    last.current = Date.now();
    api.post(`/conversations/${conversationId}/typing`, undefined, { idempotencyKey: null }).catch(() => {});
  };
}
