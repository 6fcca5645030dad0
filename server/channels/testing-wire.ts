// The wire between an adapter and an emulator, for tests: a tap that keeps every request of ours, places where nobody listens,
// and receivers of webhooks.
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TappedRequest {
  method: string;
  /** With the query. */
  url: string;
  /** JSON, or the parts of a form with files as bytes; {} where there is none. */
  params: Record<string, unknown>;
}

export interface Received {
  headers: Record<string, string>;
  body: Buffer;
}

export interface Wire {
  /** Origin of the tap before `target`. */
  tap(target: string): Promise<{ origin: string; requests: TappedRequest[] }>;
  deadOrigin(): Promise<string>;
  /** `onGet`: what a GET is answered; null: refused. */
  receiver(
    onGet?: (query: Record<string, string>) => string | null,
  ): Promise<{ url: string; received: Received[] }>;
  close(): void;
}

export function createWire(): Wire {
  const servers: Server[] = [];
  const open = async (handle: (request: IncomingMessage, response: ServerResponse) => void) => {
    const server = await listen(createServer(handle));
    servers.push(server);
    return originOf(server);
  };
  return {
    async tap(target) {
      const requests: TappedRequest[] = [];
      return {
        requests,
        origin: await open((request, response) => tapped(target, requests, request, response)),
      };
    },
    async deadOrigin() {
      const server = await listen(createServer());
      const origin = originOf(server);
      server.close();
      await once(server, 'close');
      return origin;
    },
    async receiver(onGet = () => null) {
      const received: Received[] = [];
      const origin = await open(async (request, response) => {
        if (request.method === 'GET') {
          const query = Object.fromEntries(new URL(request.url!, 'http://x').searchParams);
          const answer = onGet(query);
          response.writeHead(answer === null ? 403 : 200, { 'content-type': 'text/plain' }).end(answer ?? '');
          return;
        }
        const body = Buffer.concat(await Array.fromAsync(request));
        received.push({ headers: request.headers as Record<string, string>, body });
        response.end('{}');
      });
      return { url: `${origin}/hook`, received };
    },
    close() {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

async function tapped(
  target: string,
  requests: TappedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
) {
  const body = Buffer.concat(await Array.fromAsync(request));
  const type = String(request.headers['content-type'] ?? '');
  requests.push({ method: request.method!, url: request.url!, params: await readParams(body, type) });
  const onward = httpRequest(
    `${target}${request.url}`,
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    },
  );
  // a broken platform is a broken wire to us as well
  onward.on('error', () => request.socket.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

async function readParams(body: Buffer, type: string): Promise<Record<string, unknown>> {
  if (body.length === 0) return {};
  if (type.startsWith('application/json')) return JSON.parse(body.toString());
  if (!type.startsWith('multipart/')) return { bytes: new Uint8Array(body) };
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const entries = [...form].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer()),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
