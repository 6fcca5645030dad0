// The only outbound HTTP to Telegram: a thin Bot API client on kept-alive, bounded connections. It never throws for what
// the network does; it says whether a request may have left, which decides between "try again" and "we do not know".
import { type Dispatcher, FormData, Pool } from 'undici';
import type { Account } from '../channel.ts';

/** What the Bot API wraps every answer in (Bot API 10.1, "Making requests", 2026-06-11). */
export interface Envelope {
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

/** `envelope` null: the body was not the Bot API's JSON (a proxy's page, a cut answer). */
export interface Answered {
  kind: 'answered';
  status: number;
  envelope: Envelope | null;
  /** Whether there was any body at all. */
  hasBody: boolean;
  retryAfterSeconds: number | null;
}

/** No answer. `left` false: not one byte of the request was written. `detail` holds no URL and so no token. */
export interface Unanswered {
  kind: 'unanswered';
  left: boolean;
  cause: 'refused' | 'lost' | 'timeout' | 'aborted' | 'too_large';
  detail: string;
  /** The network library's own, for logs: no sentence that people read names it. */
  code?: string;
}
export type Reply = Answered | Unanswered;

export interface CallOptions {
  /** Longest silence before we stop waiting for the answer. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const sendTimeoutMs = 30_000;
const connectTimeoutMs = 10_000;
/** getUpdates is cut at about 4 MB by the server (telegram-bot-api 10.0 source, 2026-05-07). */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Sends share these per origin; 30/s at a slow 1 s each need 30. Long polls have connections of their own. */
const maxConnections = 64;

export class TelegramClient {
  readonly #pools = new Map<string, Pool>();

  /** Calls one method. A FormData goes as multipart, everything else as JSON. */
  call(
    account: Account,
    method: string,
    params: object | FormData,
    options: CallOptions = {},
  ): Promise<Reply> {
    const root = new URL(account.apiRoot);
    const pool = this.#pool(root.origin, method === 'getUpdates');
    const prefix = root.pathname.replace(/\/+$/, '');
    const isForm = params instanceof FormData;
    const timeoutMs = options.timeoutMs ?? sendTimeoutMs;
    return exchange(
      pool,
      {
        method: 'POST',
        path: `${prefix}/bot${account.credentials.token}/${method}`,
        headers: isForm ? {} : { 'content-type': 'application/json' },
        body: isForm ? params : JSON.stringify(params),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      options.signal,
    );
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  #pool(origin: string, isPolling: boolean): Pool {
    const key = `${isPolling ? 'poll' : 'send'} ${origin}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new Pool(origin, {
        connections: isPolling ? null : maxConnections,
        pipelining: 1,
        maxResponseSize: maxAnswerBytes,
        connect: { timeout: connectTimeoutMs },
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }
}

/** undici's own handler instead of request(): only it tells whether the request was begun when the connection broke. */
function exchange(pool: Pool, options: Dispatcher.DispatchOptions, signal?: AbortSignal): Promise<Reply> {
  return new Promise((resolve) => {
    let left = false;
    let status = 0;
    let retryAfter: string | undefined;
    const chunks: Buffer[] = [];
    let abort: (() => void) | null = null;
    const settle = (reply: Reply) => {
      if (abort) signal?.removeEventListener('abort', abort);
      resolve(reply);
    };
    if (signal?.aborted) return settle(unanswered(new Error('stopped'), false, true));
    pool.dispatch(options, {
      onRequestStart(controller) {
        left = true;
        abort = () => controller.abort(new Error('stopped'));
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      },
      onResponseStart(_controller, statusCode, headers) {
        status = statusCode;
        chunks.length = 0;
        const value = headers['retry-after'];
        retryAfter = Array.isArray(value) ? value[0] : value;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => settle(answered(status, Buffer.concat(chunks), retryAfter)),
      onResponseError: (_controller, error) => settle(unanswered(error, left, signal?.aborted === true)),
    });
  });
}

function answered(status: number, body: Buffer, retryAfter: string | undefined): Answered {
  const seconds = Number(retryAfter);
  return {
    kind: 'answered',
    status,
    envelope: readEnvelope(body),
    hasBody: body.length > 0,
    retryAfterSeconds: retryAfter !== undefined && seconds >= 0 ? seconds : null,
  };
}

function readEnvelope(body: Buffer): Envelope | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && typeof (parsed as Envelope).ok === 'boolean')
      return parsed as Envelope;
  } catch {}
  return null;
}

const causes: Record<string, Unanswered['cause']> = {
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};

function unanswered(error: unknown, left: boolean, aborted: boolean): Unanswered {
  // several addresses tried at once fail with an AggregateError, whose own code is the first one's
  const code = (error as { code?: string }).code ?? 'unknown';
  const cause = aborted ? 'aborted' : left ? (causes[code] ?? 'lost') : 'refused';
  return { kind: 'unanswered', left, cause, detail: words[cause], code };
}

const words: Record<Unanswered['cause'], string> = {
  refused: 'No connection to the Telegram server',
  lost: 'The connection broke before Telegram answered',
  timeout: 'Telegram did not answer in time',
  aborted: 'The request was stopped',
  too_large: 'The answer was too large to be the Bot API’s',
};
