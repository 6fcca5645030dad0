// Server-sent events for the phones page: which chats changed, at most five times a second.
import type { ServerResponse } from 'node:http';

const BEAT_MS = 200;
const KEEP_ALIVE_MS = 15_000;
/** Above this the page is told "everything". */
const MAX_NAMED = 500;

interface Listener {
  response: ServerResponse;
  number: string | null;
  changed: Set<string>;
}

export interface WaLive {
  open(response: ServerResponse, query: URLSearchParams): void;
  /** '' = the number itself, its counters or the faults. */
  changed(numberId: string, waId: string): void;
  close(): void;
}

export function createWaLive(): WaLive {
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    for (const listener of listeners) {
      if (listener.changed.size === 0) continue;
      const ids = [...listener.changed];
      listener.changed.clear();
      const chats = ids.length > MAX_NAMED ? null : ids.filter((id) => id !== '');
      listener.response.write(`event: changed\ndata: ${JSON.stringify({ chats })}\n\n`);
    }
  }

  const keepAlive = setInterval(() => {
    for (const { response } of listeners) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS).unref();

  return {
    open: (response, query) => {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      });
      response.write('event: hello\ndata: {}\n\n');
      const listener: Listener = { response, number: query.get('number'), changed: new Set() };
      listeners.add(listener);
      response.on('close', () => listeners.delete(listener));
    },
    changed: (numberId, waId) => {
      // the hot path of a benchmark ends here when nobody looks
      if (listeners.size === 0) return;
      for (const listener of listeners)
        if (numberId === '' || listener.number === null || listener.number === numberId)
          listener.changed.add(waId);
      timer ??= setTimeout(flush, BEAT_MS);
    },
    close: () => {
      clearInterval(keepAlive);
      clearTimeout(timer);
      for (const { response } of listeners) response.end();
    },
  };
}
