// /v<major>.<minor>/…: finds the token, meets the faults, runs the call, writes the answer or Graph's error envelope.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type GraphCall, type GraphRoute, numberOf, readGrant } from './call.ts';
import type { Fields } from './content-read.ts';
import { isFields } from './content-read.ts';
import { drawWaFaults, type WaFault } from './faults.ts';
import { errorBody, GraphError, unknownObject } from './graph-error.ts';
import { countUp } from './ledger.ts';
import { answerDownload, mediaRoutes } from './media-routes.ts';
import { numberRoutes } from './number-routes.ts';
import { readBody } from './request-body.ts';
import { acceptSend, markRead } from './send.ts';
import { digitsOf } from './state.ts';
import type { Failure } from './statuses.ts';
import { templateRoutes } from './template-routes.ts';
import type { WaWorld } from './world.ts';

const ROUTES = new Map<string, GraphRoute>(
  Object.entries({ ...mediaRoutes, ...templateRoutes, ...numberRoutes }),
);

/** Which group of calls a fault may name. */
const GROUPS: Readonly<Record<string, string>> = {
  messages: 'messages',
  marketing_messages: 'messages',
  media: 'media',
  uploads: 'uploads',
  message_templates: 'templates',
  phone_numbers: 'numbers',
  register: 'numbers',
  deregister: 'numbers',
  request_code: 'numbers',
  verify_code: 'numbers',
  block_users: 'numbers',
  subscribed_apps: 'accounts',
};

class ConnectionDropped extends Error {}

function write(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

interface Fate {
  forced: Failure | undefined;
  after: 'answer' | 'drop' | 'hang' | 'garbage' | 'bad_gateway';
}

/** @throws GraphError when a fault answers in place of the call. */
async function meetFaults(faults: WaFault[]): Promise<Fate> {
  const fate: Fate = { forced: undefined, after: 'answer' };
  for (const fault of faults) {
    switch (fault.kind) {
      case 'latency':
        await delay(fault.ms ?? 1000);
        break;
      case 'error':
        if (!fault.async) throw faultError(fault, fault.code ?? 131000);
        fate.forced = { code: fault.code ?? 131000, details: fault.details };
        break;
      case 'flood':
        throw faultError(fault, fault.code ?? 130429);
      case 'http_500':
        throw new GraphError(131000, { status: 500 });
      case 'unauthorized':
        throw new GraphError(190, {
          status: 401,
          subcode: 463,
          message: 'Error validating access token: Session has expired.',
        });
      case 'http_502':
        fate.after = 'bad_gateway';
        return fate;
      case 'reset_before':
        throw new ConnectionDropped();
      case 'reset_after':
        fate.after = 'drop';
        break;
      case 'hang':
        fate.after = 'hang';
        break;
      case 'garbage':
        fate.after = 'garbage';
        break;
    }
  }
  return fate;
}

function faultError(fault: WaFault, code: number): GraphError {
  return new GraphError(code, {
    ...(fault.details === undefined ? {} : { details: fault.details }),
    ...(fault.http_status === undefined ? {} : { status: fault.http_status }),
  });
}

function faultsFor(world: WaWorld, group: string, id: string, body: Fields): WaFault[] {
  const { state } = world;
  if (state.faults.list.length === 0) return [];
  const isSend = group === 'messages' && body.status === undefined;
  const to = body.to === undefined ? undefined : digitsOf(String(body.to));
  return drawWaFaults(
    state.faults,
    {
      number: state.numbers.has(id) ? id : undefined,
      person: to ?? (body.recipient === undefined ? undefined : String(body.recipient)),
      template: isFields(body.template) ? String(body.template.name) : undefined,
      call: group === 'messages' && !isSend ? 'mark_read' : group,
    },
    state.now(),
  );
}

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n';

async function runMessages(call: GraphCall, fate: Fate, edge: string): Promise<unknown> {
  const number = numberOf(call);
  const { world, body } = call;
  if (body.status !== undefined) {
    if (body.messaging_product !== 'whatsapp')
      throw new GraphError(100, { message: '(#100) Param messaging_product must be one of {WHATSAPP}' });
    return markRead(world, number, body);
  }
  if (edge === 'marketing_messages') requireMarketing(call, number.wabaId);
  const { answer, posted } = acceptSend(world, number, body, fate.forced);
  if (posted) await posted;
  return answer;
}

/** The Marketing Messages API takes templates of the category MARKETING only (2026-11-20). @throws GraphError 134100 */
function requireMarketing({ world, body }: GraphCall, wabaId: string): void {
  const name = isFields(body.template) ? String(body.template.name) : '';
  const templates = [...(world.state.wabas.get(wabaId)?.templates.values() ?? [])];
  const known = templates.find((template) => template.name === name);
  if (body.type !== 'template' || (known && known.category !== 'MARKETING')) throw new GraphError(134100);
}

async function answerCall(
  world: WaWorld,
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
  search: string,
): Promise<void> {
  let id = '';
  try {
    const query = new URLSearchParams(search);
    const method = request.method ?? 'GET';
    const isUpload = rest.startsWith('upload:');
    const slash = isUpload ? -1 : rest.indexOf('/');
    id = decodeURIComponent(slash < 0 ? rest : rest.slice(0, slash));
    const edge = slash < 0 ? '' : rest.slice(slash + 1).replace(/\/$/, '');
    const grant = readGrant(world, request, query);
    // raw bytes are read by the route itself
    const { fields, file } =
      method === 'GET' || isUpload ? { fields: {}, file: undefined } : await readBody(request);
    const number = world.state.numbers.get(id);
    if (number) number.ledger.requests += 1;
    const group = isUpload ? 'uploads' : (GROUPS[edge] ?? 'objects');
    const fate = await meetFaults(faultsFor(world, group, id, fields));
    if (fate.after === 'bad_gateway') {
      response.writeHead(502, { 'Content-Type': 'text/html' });
      response.end(BAD_GATEWAY);
      return;
    }
    const call: GraphCall = {
      world,
      method,
      id,
      grant,
      query,
      body: fields,
      file,
      request,
      origin: `http://${request.headers.host ?? '127.0.0.1'}`,
    };
    world.state.origin = call.origin;
    const outcome = await dispatch(call, edge, isUpload, fate);
    if (fate.after === 'drop') throw new ConnectionDropped();
    if (fate.after === 'hang') return;
    write(response, 200, fate.after === 'garbage' ? 'messages: accepted' : JSON.stringify(outcome));
  } catch (error) {
    fail(world, request, response, id, error);
  }
}

function dispatch(call: GraphCall, edge: string, isUpload: boolean, fate: Fate): unknown {
  if (call.method === 'POST' && (edge === 'messages' || edge === 'marketing_messages'))
    return runMessages(call, fate, edge);
  const route = ROUTES.get(`${call.method} ${isUpload ? 'upload:' : edge === '' ? objectOf(call) : edge}`);
  if (!route) throw unknownObject(call.method, call.id);
  return route(call);
}

function objectOf({ world: { state }, id }: GraphCall): string {
  if (state.numbers.has(id)) return 'number';
  if (state.wabas.has(id)) return 'waba';
  if (state.media.byId.has(id)) return 'media-item';
  return 'template';
}

function fail(
  world: WaWorld,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  error: unknown,
): void {
  if (error instanceof ConnectionDropped) {
    request.socket.destroy();
    return;
  }
  const shown = error instanceof GraphError ? error : new GraphError(131000);
  if (shown !== error)
    console.error('Sandbox: a call to the Cloud API failed by a bug of the emulator', error);
  const ledger = world.state.numbers.get(id)?.ledger;
  if (ledger) {
    ledger.refused += 1;
    countUp(ledger.errors, shown.code);
  }
  if (!response.headersSent && !response.destroyed) write(response, shown.status, errorBody(shown));
}

/** True when the path belongs to the Cloud API and was answered. */
export function answerCloudApi(
  world: WaWorld,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): boolean {
  const version = /^\/v\d+\.\d+\//.exec(path)?.[0];
  if (version !== undefined) {
    void answerCall(world, request, response, path.slice(version.length), query);
    return true;
  }
  if (path.startsWith('/whatsapp_business/attachments/')) {
    answerDownload(world, request, response, query);
    return true;
  }
  return false;
}
