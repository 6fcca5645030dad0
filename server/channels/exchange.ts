// The one way HTTP goes out to platforms: kept-alive, bounded connections per origin. It never throws for what the network
// does; it says whether a request may have left, which decides between "try again" and "we do not know".
import { type Dispatcher, Pool } from 'undici';

export interface Exchanged {
  kind: 'answered';
  status: number;
  body: Buffer;
  headers: Record<string, string | string[] | undefined>;
  /** The Retry-After header where it is a number; null: none. */
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

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** With the query, without the origin. */
  path: string;
  headers?: Record<string, string>;
  body?: Dispatcher.DispatchOptions['body'];
  /** Longest silence before we stop waiting for the answer. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface PoolSettings {
  /** Connections per origin; null: as many as asked for. */
  connections: number | null;
  /** A longer answer ends the exchange as `too_large`. */
  maxAnswerBytes: number;
}

const connectTimeoutMs = 10_000;

/** `pools`: kinds of traffic that must not wait for each other, by a name of the caller's. */
export class Exchange<Kind extends string> {
  readonly #platform: string;
  readonly #kinds: Record<Kind, PoolSettings>;
  readonly #pools = new Map<string, Pool>();

  /** `platform`: its name, as people read it. */
  constructor(platform: string, kinds: Record<Kind, PoolSettings>) {
    this.#platform = platform;
    this.#kinds = kinds;
  }

  async ask(kind: Kind, origin: string, request: HttpRequest): Promise<Exchanged | Unanswered> {
    const { timeoutMs, signal, body, headers, ...rest } = request;
    const options: Dispatcher.DispatchOptions = {
      ...rest,
      headers: headers ?? {},
      ...(body === undefined ? {} : { body }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    };
    const reply = await exchange(this.#pool(kind, origin), options, signal);
    return reply.kind === 'answered' ? reply : { ...reply, detail: wordsOf(reply.cause, this.#platform) };
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  #pool(kind: Kind, origin: string): Pool {
    const key = `${kind} ${origin}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      const { connections, maxAnswerBytes } = this.#kinds[kind];
      pool = new Pool(origin, {
        connections,
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
function exchange(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  signal?: AbortSignal,
): Promise<Exchanged | Omit<Unanswered, 'detail'>> {
  return new Promise((resolve) => {
    let left = false;
    let status = 0;
    let headers: Exchanged['headers'] = {};
    const chunks: Buffer[] = [];
    let abort: (() => void) | null = null;
    const settle = (reply: Exchanged | Omit<Unanswered, 'detail'>) => {
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
      onResponseStart(_controller, statusCode, given) {
        status = statusCode;
        chunks.length = 0;
        headers = given;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => settle(answered(status, Buffer.concat(chunks), headers)),
      onResponseError: (_controller, error) => settle(unanswered(error, left, signal?.aborted === true)),
    });
  });
}

function answered(status: number, body: Buffer, headers: Exchanged['headers']): Exchanged {
  const value = headers['retry-after'];
  const retryAfter = Array.isArray(value) ? value[0] : value;
  const seconds = Number(retryAfter);
  const retryAfterSeconds = retryAfter !== undefined && seconds >= 0 ? seconds : null;
  return { kind: 'answered', status, body, headers, retryAfterSeconds };
}

const causes: Record<string, Unanswered['cause']> = {
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};

function unanswered(error: unknown, left: boolean, aborted: boolean): Omit<Unanswered, 'detail'> {
  // several addresses tried at once fail with an AggregateError, whose own code is the first one's
  const code = (error as { code?: string }).code ?? 'unknown';
  const cause = aborted ? 'aborted' : left ? (causes[code] ?? 'lost') : 'refused';
  return { kind: 'unanswered', left, cause, code };
}

function wordsOf(cause: Unanswered['cause'], platform: string): string {
  const words: Record<Unanswered['cause'], string> = {
    refused: `No connection to the ${platform} server`,
    lost: `The connection broke before ${platform} answered`,
    timeout: `${platform} did not answer in time`,
    aborted: 'The request was stopped',
    too_large: `The answer was too large to be ${platform}’s`,
  };
  return words[cause];
}
