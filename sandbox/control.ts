// The control API: everything that people, admins and bad luck do in the real world. Documented in README.md.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { botRoutes } from './control/bots.ts';
import { chatRoutes } from './control/chats.ts';
import { ControlError, type ControlRequest, type Route } from './control/control-request.ts';
import { faultRoutes } from './control/fault-routes.ts';
import { groupRoutes } from './control/groups.ts';
import { createLive, type Live } from './control/live.ts';
import { peopleRoutes } from './control/people.ts';
import { statsRoutes } from './control/stats.ts';
import { ApiError } from './telegram/api-error.ts';
import { readBytes } from './telegram/file-shelf.ts';
import type { State } from './telegram/state.ts';

export interface Control {
  state: State;
  live: Live;
  routes: Map<string, Route>;
}

export function createControl(state: State): Control {
  const table: Record<string, Route> = {
    ...botRoutes,
    ...peopleRoutes,
    ...groupRoutes,
    ...chatRoutes,
    ...statsRoutes,
    ...faultRoutes,
  };
  return { state, live: createLive(state), routes: new Map(Object.entries(table)) };
}

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_LIMIT_BYTES) throw new ControlError(413, 'The body is too large');
    chunks.push(chunk);
  }
  if (sizeBytes === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return Array.isArray(body) ? { users: body } : (body as Record<string, unknown>);
  } catch {
    throw new ControlError(400, 'The body is not JSON');
  }
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
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
) {
  try {
    const [, , noun = '', ...rest] = path.split('/').map(decodeURIComponent);
    const key = `${request.method} ${noun}${rest.length > 0 ? '/:id' : ''}${rest.length > 1 ? `/${rest[1]}` : ''}`;
    const route = control.routes.get(key);
    if (!route) throw new ControlError(404, `There is no ${request.method} ${path}; see sandbox/README.md`);
    const asked: ControlRequest = {
      state: control.state,
      id: rest[0] ?? '',
      query: new URLSearchParams(query),
      body: await readBody(request),
    };
    write(response, 200, (await route(asked)) ?? { ok: true });
  } catch (error) {
    if (error instanceof ControlError) write(response, error.status, { error: error.message });
    else if (error instanceof ApiError) write(response, 400, { error: error.description });
    else {
      console.error('Sandbox: the control API failed', error);
      write(response, 500, { error: 'The sandbox failed; see its log' });
    }
  }
}

/** Pictures by their unique id: the page must not need a bot's token to show them. */
function answerPicture(state: State, response: ServerResponse, uniqueId: string): void {
  const bytes = readBytes(state.files, uniqueId);
  const file = bytes && [...state.files.byId.values()].find((known) => known.file_unique_id === uniqueId);
  if (!bytes || !file) {
    write(response, 404, { error: 'No such file' });
    return;
  }
  // Only pictures are shown; everything else is a download, whatever type its sender claimed.
  const isPicture = /^image\/(jpeg|png|gif|webp)$/.test(file.mimeType);
  response.writeHead(200, {
    'Content-Type': isPicture ? file.mimeType : 'application/octet-stream',
    'Content-Length': bytes.length,
    'Cache-Control': 'private, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(bytes);
}

export function answerControl(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): boolean {
  if (!path.startsWith('/control/')) return false;
  // There is no password on loopback, so another web page open in the same browser must not get in.
  if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site') {
    write(response, 403, { error: 'Not from another site' });
    return true;
  }
  if (path === '/control/live') control.live.open(request, response, new URLSearchParams(query));
  else if (path.startsWith('/control/files/'))
    answerPicture(control.state, response, path.slice('/control/files/'.length));
  else void run(control, request, response, path, query);
  return true;
}
