// Server-sent events for the phones page: which chats changed, at most five times a second. The page fetches what it shows.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { State } from '../telegram/state.ts';
import { readBot } from './control-request.ts';

const BEAT_MS = 200;
const KEEP_ALIVE_MS = 15_000;
/** Above this the page is told "everything". */
const MAX_NAMED = 500;

interface Listener {
  response: ServerResponse;
  botId: number | undefined;
  changed: Set<number>;
}

export interface Live {
  open(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void;
  /** chatId 0 = the bot itself, its counters or the faults. */
  changed(botId: number, chatId: number): void;
  close(): void;
}

export function createLive(state: State): Live {
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    for (const listener of listeners) {
      if (listener.changed.size === 0) continue;
      const ids = [...listener.changed];
      listener.changed.clear();
      const chats = ids.length > MAX_NAMED ? null : ids.filter((id) => id !== 0);
      listener.response.write(`event: changed\ndata: ${JSON.stringify({ chats })}\n\n`);
    }
  }

  const keepAlive = setInterval(() => {
    for (const { response } of listeners) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS).unref();

  return {
    open: (_request, response, query) => {
      let botId: number | undefined;
      try {
        botId = query.has('bot') ? readBot(state, query.get('bot')).id : undefined;
      } catch {
        botId = undefined;
      }
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      });
      response.write('event: hello\ndata: {}\n\n');
      const listener: Listener = { response, botId, changed: new Set() };
      listeners.add(listener);
      response.on('close', () => listeners.delete(listener));
    },
    changed: (botId, chatId) => {
      // The hot path of a benchmark ends here when nobody looks.
      if (listeners.size === 0) return;
      for (const listener of listeners) {
        if (botId === 0 || listener.botId === undefined || listener.botId === botId)
          listener.changed.add(chatId);
      }
      timer ??= setTimeout(flush, BEAT_MS);
    },
    close: () => {
      clearInterval(keepAlive);
      clearTimeout(timer);
      for (const { response } of listeners) response.end();
    },
  };
}
