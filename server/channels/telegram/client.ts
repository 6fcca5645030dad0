// The only outbound HTTP to Telegram: a thin Bot API client on the exchange that all channels share (channels/exchange.ts).
import { FormData } from 'undici';
import type { Account } from '../channel.ts';
import { Exchange, type Exchanged, type Unanswered } from '../exchange.ts';

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
export type Reply = Answered | Unanswered;

export interface CallOptions {
  /** Longest silence before we stop waiting for the answer. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const sendTimeoutMs = 30_000;
/** getUpdates is cut at about 4 MB by the server (telegram-bot-api 10.0 source, 2026-05-07). */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Sends share these per origin; 30/s at a slow 1 s each need 30. Long polls have connections of their own. */
const maxConnections = 64;

export class TelegramClient {
  readonly #exchange = new Exchange('Telegram', {
    send: { connections: maxConnections, maxAnswerBytes },
    poll: { connections: null, maxAnswerBytes },
    // a bot may fetch files of up to 20 MB (Bot API 10.1, getFile, 2026-06-11)
    files: { connections: 4, maxAnswerBytes: 21 * 1024 * 1024 },
  });

  /** Calls one method. A FormData goes as multipart, everything else as JSON. */
  async call(
    account: Account,
    method: string,
    params: object | FormData,
    options: CallOptions = {},
  ): Promise<Reply> {
    const root = new URL(account.apiRoot);
    const prefix = root.pathname.replace(/\/+$/, '');
    const isForm = params instanceof FormData;
    const reply = await this.#exchange.ask(method === 'getUpdates' ? 'poll' : 'send', root.origin, {
      method: 'POST',
      path: `${prefix}/bot${account.credentials.token}/${method}`,
      headers: isForm ? {} : { 'content-type': 'application/json' },
      body: isForm ? params : JSON.stringify(params),
      timeoutMs: options.timeoutMs ?? sendTimeoutMs,
      signal: options.signal,
    });
    return reply.kind === 'answered' ? answered(reply) : reply;
  }

  /** The bytes of a file whose path getFile named. */
  file(account: Account, path: string, options: CallOptions = {}): Promise<Exchanged | Unanswered> {
    const root = new URL(account.apiRoot);
    const prefix = root.pathname.replace(/\/+$/, '');
    const place = path.split('/').map(encodeURIComponent).join('/');
    return this.#exchange.ask('files', root.origin, {
      method: 'GET',
      path: `${prefix}/file/bot${account.credentials.token}/${place}`,
      timeoutMs: options.timeoutMs ?? sendTimeoutMs,
    });
  }

  close(): Promise<void> {
    return this.#exchange.close();
  }
}

function answered({ status, body, retryAfterSeconds }: Exchanged): Answered {
  return {
    kind: 'answered',
    status,
    envelope: readEnvelope(body),
    hasBody: body.length > 0,
    retryAfterSeconds,
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
