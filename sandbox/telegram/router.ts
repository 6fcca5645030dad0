// /bot<token>/<method> and /file/bot<token>/<path>: finds the bot, meets the faults, runs the method, writes the envelope.
// This is the hot path of every benchmark: no framework, no per-request objects that are not needed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { drawFaults } from '../faults.ts';
import { ApiError, tooManyRequests } from './api-error.ts';
import type { Bot } from './bot.ts';
import { type Call, Described } from './call.ts';
import { readBytes } from './file-shelf.ts';
import { findMethod, type KnownMethod } from './method-table.ts';
import type { Params } from './params.ts';
import { readParams } from './request-body.ts';
import type { State } from './state.ts';

const JSON_TYPE = 'application/json';

/** What became of a call: an answer to write, or silence. */
type Fate = 'answer' | 'drop' | 'hang' | 'garbage' | 'bad_gateway';

function write(response: ServerResponse, status: number, body: string, retryAfter?: number): void {
  const headers: Record<string, string | number> = {
    'Content-Type': JSON_TYPE,
    'Content-Length': Buffer.byteLength(body),
  };
  if (retryAfter !== undefined) headers['Retry-After'] = retryAfter;
  response.writeHead(status, headers);
  response.end(body);
}

function writeError(response: ServerResponse, error: ApiError): void {
  const body = {
    ok: false,
    error_code: error.code,
    description: error.description,
    ...(error.parameters ? { parameters: error.parameters } : {}),
  };
  write(response, error.code, JSON.stringify(body), error.parameters?.retry_after);
}

/** @throws ApiError 401 for a token that is malformed or revoked (telegram.md §1 [S]). */
export function findBot(state: State, token: string): Bot {
  const bot = state.botsByToken.get(token);
  if (bot) return bot;
  const isWellFormed = token.length <= 80 && /^[1-9]\d*:[\w-]{24,}$/.test(token);
  throw new ApiError(401, isWellFormed ? '' : 'invalid token specified');
}

function chatIdOf(params: Params): number | undefined {
  return params.integer('chat_id');
}

/** @throws ApiError when a fault answers in place of the method. */
async function meetFaults(state: State, bot: Bot, method: KnownMethod, params: Params): Promise<Fate> {
  if (state.faults.list.length === 0) return 'answer';
  const target = {
    botId: bot.id,
    chatId: chatIdOf(params),
    method: method.name.toLowerCase(),
    isSend: method.isSend,
  };
  let fate: Fate = 'answer';
  for (const fault of drawFaults(state.faults, target, state.now())) {
    switch (fault.kind) {
      case 'latency':
        await delay(fault.ms ?? 1000);
        break;
      case 'http_500':
        throw new ApiError(500);
      case 'unauthorized':
        throw new ApiError(401);
      case 'flood': {
        const left = fault.until === undefined ? 1 : Math.ceil((fault.until - state.now()) / 1000);
        throw tooManyRequests(Math.max(1, fault.retry_after ?? left));
      }
      case 'http_502':
        return 'bad_gateway';
      case 'reset_before':
        throw new ConnectionDropped();
      case 'reset_after':
        fate = 'drop';
        break;
      case 'hang':
        fate = 'hang';
        break;
      case 'garbage':
        fate = 'garbage';
        break;
    }
  }
  return fate;
}

class ConnectionDropped extends Error {}

function count(table: Record<string, number>, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}

/** Runs a method by name for a bot. The webhook worker calls it for webhook replies. @throws ApiError */
export async function callMethod(call: Call, name: string): Promise<unknown> {
  const method = findMethod(name);
  if (!method) throw new ApiError(404, 'method not found');
  count(call.bot.ledger.requestsByMethod, method.name);
  return method.run(call);
}

function remember(bot: Bot, error: ApiError): void {
  if (error.code === 429) bot.ledger.rateLimited += 1;
  count(bot.ledger.errorsByDescription, error.code === 429 ? 'Too Many Requests' : error.description);
}

async function answerCall(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
  query: string,
): Promise<void> {
  let bot: Bot | undefined;
  try {
    const slash = rest.indexOf('/');
    const token = decodeURIComponent(slash < 0 ? rest : rest.slice(0, slash));
    // "/test/" picks the test data centre (telegram.md §1 [S]); here it is the same world.
    const name =
      slash < 0
        ? ''
        : rest
            .slice(slash + 1)
            .replace(/^test\//, '')
            .replace(/\/$/, '');
    const params = await readParams(request, query);
    bot = findBot(state, token);
    const method = findMethod(name);
    if (!method) throw new ApiError(404, 'method not found');
    count(bot.ledger.requestsByMethod, method.name);
    const fate = await meetFaults(state, bot, method, params);
    if (fate === 'bad_gateway') {
      response.writeHead(502, { 'Content-Type': 'text/html' });
      response.end(
        '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n',
      );
      return;
    }
    let signal: AbortSignal | undefined;
    if (method.name === 'getUpdates') {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      signal = gone.signal;
    }
    const outcome = await method.run({ state, bot, params, signal });
    if (fate === 'drop') throw new ConnectionDropped();
    if (fate === 'hang') return;
    if (fate === 'garbage') {
      write(response, 200, 'ok:true result');
      return;
    }
    const described = outcome instanceof Described;
    const body = described
      ? { ok: true, result: outcome.result, description: outcome.description }
      : { ok: true, result: outcome };
    write(response, 200, JSON.stringify(body));
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      request.socket.destroy();
      return;
    }
    const shown = error instanceof ApiError ? error : new ApiError(500);
    if (!(error instanceof ApiError))
      console.error('Sandbox: a method failed by a bug of the emulator', error);
    if (bot) remember(bot, shown);
    if (!response.headersSent && !response.destroyed) writeError(response, shown);
  }
}

function answerFile(state: State, response: ServerResponse, rest: string): void {
  try {
    const slash = rest.indexOf('/');
    const bot = findBot(state, decodeURIComponent(rest.slice(0, Math.max(0, slash))));
    const file = state.files.byPath.get(`${bot.id}/${decodeURIComponent(rest.slice(slash + 1))}`);
    const bytes = file && readBytes(state.files, file.file_unique_id);
    if (!bytes) throw new ApiError(404);
    response.writeHead(200, { 'Content-Type': file.mimeType, 'Content-Length': bytes.length });
    response.end(bytes);
  } catch (error) {
    writeError(response, error instanceof ApiError ? error : new ApiError(404));
  }
}

/** True when the path belongs to the Bot API and was answered. */
export function answerBotApi(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): boolean {
  if (path.startsWith('/bot')) {
    void answerCall(state, request, response, path.slice(4), query);
    return true;
  }
  if (path.startsWith('/file/bot')) {
    answerFile(state, response, path.slice('/file/bot'.length));
    return true;
  }
  return false;
}
