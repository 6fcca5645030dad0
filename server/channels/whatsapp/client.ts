// The only outbound HTTP to WhatsApp: a thin Graph API client on the exchange that all channels share. Paths are relative
// to the account's root with its version. Facts: Cloud API and Graph API, "Handling errors", read 2026-11-20.
import { createHmac } from 'node:crypto';
import { FormData } from 'undici';
import type { Account } from '../channel.ts';
import { Exchange, type Exchanged, type Unanswered } from '../exchange.ts';
import { type Fields, fields } from '../fields.ts';
import { type GraphError, readError } from './graph-error.ts';

/** `body` null: it was no JSON object (a proxy's page, a cut answer). `error` null: the body holds none of the Graph API's. */
export interface Answered {
  kind: 'answered';
  status: number;
  body: Fields | null;
  error: GraphError | null;
  /** How long the platform wants to be left alone; null: it names no time. */
  waitMs: number | null;
}
export type Reply = Answered | Unanswered;

export interface CallOptions {
  /** Longest silence before we stop waiting for the answer. */
  timeoutMs?: number;
}

const sendTimeoutMs = 30_000;
const maxAnswerBytes = 16 * 1024 * 1024;
/** 80 messages a second at a slow 1 s each need 80, a number of the highest throughput at 250 ms as many as this. */
const maxConnections = 256;

export class WhatsAppClient {
  readonly #exchange = new Exchange('WhatsApp', {
    calls: { connections: maxConnections, maxAnswerBytes },
    // files take long: they must not keep messages waiting
    files: { connections: 16, maxAnswerBytes: 32 * 1024 * 1024 },
  });

  get(account: Account, path: string, query: Record<string, string> = {}, options: CallOptions = {}) {
    return this.#call(account, 'GET', path, query, undefined, options);
  }

  post(account: Account, path: string, json: object, options: CallOptions = {}) {
    return this.#call(account, 'POST', path, {}, JSON.stringify(json), options);
  }

  delete(account: Account, path: string, query: Record<string, string> = {}, options: CallOptions = {}) {
    return this.#call(account, 'DELETE', path, query, undefined, options);
  }

  /** A multipart form with one file. */
  upload(
    account: Account,
    path: string,
    values: Record<string, string>,
    file: { fileName: string; mime: string; bytes: Buffer },
    options: CallOptions = {},
  ) {
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(file.bytes)], { type: file.mime }), file.fileName);
    return this.#call(account, 'POST', path, {}, form, options);
  }

  /** All bytes to an upload session, by the path that opening it named: it may end with a query of its own. */
  continueUpload(account: Account, session: string, bytes: Buffer, options: CallOptions = {}) {
    return this.#call(account, 'POST', session, {}, bytes, options, { file_offset: '0' });
  }

  /** The bytes of an address that the Graph API named; it wants the same token. Null: not an address a token may go to. */
  async bytes(
    account: Account,
    url: string,
    options: CallOptions = {},
  ): Promise<Exchanged | Unanswered | null> {
    const target = URL.parse(url);
    const isOwn = target?.origin === new URL(account.apiRoot).origin;
    if (!target || (target.protocol !== 'https:' && !isOwn)) return null;
    return this.#exchange.ask('files', target.origin, {
      method: 'GET',
      path: `${target.pathname}${target.search}`,
      headers: authorization(account),
      timeoutMs: options.timeoutMs ?? sendTimeoutMs,
    });
  }

  close(): Promise<void> {
    return this.#exchange.close();
  }

  async #call(
    account: Account,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    query: Record<string, string>,
    body: string | FormData | Buffer | undefined,
    options: CallOptions,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const root = new URL(account.apiRoot);
    const search = new URLSearchParams({ ...query, ...proof(account) }).toString();
    const reply = await this.#exchange.ask(typeof body === 'object' ? 'files' : 'calls', root.origin, {
      method,
      path: `${root.pathname.replace(/\/+$/, '')}/${path}${search && `${path.includes('?') ? '&' : '?'}${search}`}`,
      headers: {
        ...headers,
        ...authorization(account),
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs: options.timeoutMs ?? sendTimeoutMs,
    });
    return reply.kind === 'answered' ? answered(reply, account) : reply;
  }
}

function authorization({ credentials }: Account): Record<string, string> {
  return { authorization: `Bearer ${credentials.access_token}` };
}

/** Shows that token and app secret belong together, and is required of apps with "Require app secret" (Graph API, securing requests, 2026-11-20). */
function proof({ credentials }: Account): Record<string, string> {
  const { access_token, app_secret } = credentials;
  if (!access_token || !app_secret) return {};
  return { appsecret_proof: createHmac('sha256', app_secret).update(access_token).digest('hex') };
}

function answered({ status, body, headers, retryAfterSeconds }: Exchanged, account: Account): Answered {
  const read = readJson(body);
  return {
    kind: 'answered',
    status,
    body: read,
    error: readError(read, account.credentials),
    waitMs:
      retryAfterSeconds === null
        ? usageWaitMs(headers['x-business-use-case-usage'])
        : retryAfterSeconds * 1000,
  };
}

function readJson(body: Buffer): Fields | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Fields)
      : null;
  } catch {
    return null;
  }
}

/** X-Business-Use-Case-Usage names the minutes until the account may ask again (Graph API, rate limits, 2026-11-20). */
function usageWaitMs(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return null;
  const usages = Object.values(readJson(Buffer.from(text)) ?? {}).flat();
  const minutes = usages.map((usage) => Number(fields(usage).estimated_time_to_regain_access));
  const longest = Math.max(0, ...minutes.filter(Number.isFinite));
  return longest > 0 ? longest * 60_000 : null;
}
