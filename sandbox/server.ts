// The sandbox as one HTTP server: Bot API, Cloud API, control API and the page of simulated phones. Tests start it with port 0.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerControl, createControl } from './control.ts';
import { answerPhones } from './phones-page.ts';
import type { Limits } from './telegram/flood.ts';
import { answerBotApi } from './telegram/router.ts';
import { keepSnapshot } from './telegram/snapshot.ts';
import { createState, type State } from './telegram/state.ts';
import { createWebhookWorker } from './telegram/webhook-worker.ts';
import { answerWaControl } from './whatsapp/control/control.ts';
import { createWaLive } from './whatsapp/control/live.ts';
import type { WaLimits } from './whatsapp/limits.ts';
import { answerCloudApi } from './whatsapp/router.ts';
import { keepWaSnapshot } from './whatsapp/snapshot.ts';
import { createWaWorld, type WaWorld } from './whatsapp/world.ts';

export interface SandboxOptions {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
  /** Folder that keeps the state between starts; absent: memory only. */
  dataDir?: string;
  /** Flood limits of new bots; null = none; absent = the platform's numbers. */
  limits?: Limits | null;
  /** Limits of new WhatsApp numbers; null = none; absent = the platform's. */
  whatsappLimits?: WaLimits | null;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface Sandbox {
  url: string;
  state: State;
  whatsapp: WaWorld;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { dataDir } = options;
  const state = createState({
    ...(options.now ? { now: options.now } : {}),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(dataDir === undefined ? {} : { filesDir: join(dataDir, 'files') }),
  });
  const worker = createWebhookWorker(state);
  const control = createControl(state);
  const snapshot = dataDir === undefined ? undefined : keepSnapshot(state, join(dataDir, 'sandbox.json'));
  state.onChange = (botId, chatId) => {
    control.live.changed(botId, chatId);
    snapshot?.touch();
  };
  const whatsapp = createWaWorld({
    ...(options.now ? { now: options.now } : {}),
    ...(options.whatsappLimits === undefined ? {} : { limits: options.whatsappLimits }),
    ...(dataDir === undefined ? {} : { mediaDir: join(dataDir, 'whatsapp') }),
  });
  const live = createWaLive();
  const waSnapshot =
    dataDir === undefined ? undefined : keepWaSnapshot(whatsapp, join(dataDir, 'whatsapp.json'));
  whatsapp.state.onChange = (numberId, waId) => {
    live.changed(numberId, waId);
    waSnapshot?.touch();
  };
  worker.resume();

  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    if (answerCloudApi(whatsapp, request, response, path, query)) return;
    if (answerBotApi(state, request, response, path, query)) return;
    if (answerWaControl({ world: whatsapp, live }, request, response, path, query)) return;
    if (answerControl(control, request, response, path, query)) return;
    if (answerPhones(response, path)) return;
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end('{"ok":false,"error_code":404,"description":"Not Found"}');
  });
  // A sender's pool keeps connections between batches; Node's 5 s would close them under its feet.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${shownHost}:${port}`;
  whatsapp.state.origin = url;
  return {
    url,
    state,
    whatsapp,
    close: async () => {
      control.live.close();
      live.close();
      await whatsapp.close();
      await worker.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      snapshot?.close();
      waSnapshot?.close();
    },
  };
}
