// The control API of WhatsApp below /control/whatsapp/: what people, Meta and bad luck do. Documented in ../../README.md.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Fields, isFields } from '../content-read.ts';
import { GraphError } from '../graph-error.ts';
import { bytesOf } from '../media.ts';
import { readRaw } from '../request-body.ts';
import type { WaWorld } from '../world.ts';
import { chatControl } from './chats.ts';
import type { WaLive } from './live.ts';
import { numberControl } from './numbers.ts';
import { peopleControl } from './people.ts';
import { ControlError, type WaRoute } from './request.ts';
import { statsControl } from './stats.ts';
import { troubleControl } from './trouble.ts';

const ROUTES = new Map<string, WaRoute>(
  Object.entries({ ...numberControl, ...peopleControl, ...chatControl, ...statsControl, ...troubleControl }),
);

export interface WaControl {
  world: WaWorld;
  live: WaLive;
}

async function readBody(request: IncomingMessage): Promise<Fields> {
  const raw = await readRaw(request);
  if (raw.length === 0) return {};
  let body: unknown;
  try {
    body = JSON.parse(raw.toString());
  } catch {
    throw new ControlError(400, 'The body is not JSON');
  }
  if (Array.isArray(body)) return { people: body };
  if (!isFields(body)) throw new ControlError(400, 'The body is not a JSON object');
  return body;
}

function write(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function run(
  { world }: WaControl,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: string,
): Promise<void> {
  try {
    const [noun = '', ...rest] = path.split('/').map(decodeURIComponent);
    const key = `${request.method} ${noun}${rest.length > 0 ? '/:id' : ''}${rest.length > 1 ? `/${rest[1]}` : ''}`;
    const route = ROUTES.get(key);
    if (!route)
      throw new ControlError(
        404,
        `There is no ${request.method} /control/whatsapp/${path}; see sandbox/README.md`,
      );
    const query = new URLSearchParams(search);
    const body = request.method === 'GET' ? {} : await readBody(request);
    write(response, 200, (await route({ world, id: rest[0] ?? '', query, body })) ?? { ok: true });
  } catch (error) {
    if (error instanceof ControlError) write(response, error.status, { error: error.message });
    else if (error instanceof GraphError)
      write(response, 400, { error: [error.message, error.details].filter(Boolean).join(': ') });
    else {
      console.error('Sandbox: the control API of WhatsApp failed', error);
      write(response, 500, { error: 'The sandbox failed; see its log' });
    }
  }
}

/** Files by their SHA-256: the page must not need a token to show them. Only pictures are shown, the rest is a download. */
function answerFile({ world: { state } }: WaControl, response: ServerResponse, sha256: string): void {
  const bytes = bytesOf(state.media, sha256);
  if (!bytes) {
    write(response, 404, { error: 'No such file' });
    return;
  }
  const mime = [...state.media.byId.values()].find((item) => item.sha256 === sha256)?.mime ?? '';
  const isShown = /^image\/(jpeg|png|webp)$/.test(mime);
  response.writeHead(200, {
    'Content-Type': isShown ? mime : 'application/octet-stream',
    'Content-Length': bytes.length,
    'Cache-Control': 'private, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(bytes);
}

const PREFIX = '/control/whatsapp/';

export function answerWaControl(
  control: WaControl,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): boolean {
  if (!path.startsWith(PREFIX)) return false;
  // There is no password on loopback, so another web page open in the same browser must not get in.
  if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site') {
    write(response, 403, { error: 'Not from another site' });
    return true;
  }
  const rest = path.slice(PREFIX.length);
  if (rest === 'live') control.live.open(response, new URLSearchParams(query));
  else if (rest.startsWith('files/')) answerFile(control, response, rest.slice('files/'.length));
  else void run(control, request, response, rest, query);
  return true;
}
