// The live socket of the panel: forwards the workspace's frames. It carries news only, so a lost frame costs a refetch.
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { type Authenticate, isOwnOrigin } from '../http/access.ts';

const maxBufferedBytes = 1024 * 1024;

interface Listener {
  workspaceId: string;
  alive: boolean;
  /** Whether the person may still listen: a revoked session or a removed member is cut off at the next heartbeat. */
  mayListen(): Promise<boolean>;
}

export function installLiveSocket(
  app: FastifyInstance,
  authenticate: Authenticate,
  { heartbeatMs = 30_000 } = {},
): void {
  const sockets = new Map<WebSocket, Listener>();
  const unsubscribe = app.base.hub.subscribe((news) => {
    if (news.topic !== 'live') return;
    const frame = JSON.stringify(news.frame);
    for (const [socket, { workspaceId }] of sockets)
      if (workspaceId === news.workspaceId && socket.readyState === socket.OPEN) {
        // a reader that has stopped reading is cut off: it reconnects and refetches
        if (socket.bufferedAmount > maxBufferedBytes) socket.terminate();
        else socket.send(frame);
      }
  });
  const heartbeat = setInterval(() => {
    for (const [socket, listener] of sockets) {
      if (!listener.alive) socket.terminate();
      listener.alive = false;
      if (socket.readyState === socket.OPEN) socket.ping();
      listener.mayListen().then(
        (may) => may || socket.close(1008, 'Signed out'),
        (error) => app.base.log.warn({ err: error }, 'a live socket could not be checked'),
      );
    }
  }, heartbeatMs).unref();
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    unsubscribe();
    for (const socket of sockets.keys()) socket.close(1001, 'The server is restarting');
  });

  app.get(
    '/api/v1/live',
    { websocket: true, schema: { hide: true }, config: { access: 'workspace:read' } },
    (socket, request) => {
      const { ctx } = request;
      const { origin } = request.headers;
      // browsers let any page open a socket with our cookie; only our own may
      if (!ctx || (origin && !isOwnOrigin(app.base, request, origin)))
        return socket.close(1008, 'Foreign origin');
      const { workspaceId } = ctx.actor;
      sockets.set(socket, {
        workspaceId,
        alive: true,
        mayListen: async () => (await authenticate(app.base, request))?.workspaceId === workspaceId,
      });
      socket.on('pong', () => {
        const state = sockets.get(socket);
        if (state) state.alive = true;
      });
      socket.on('message', () => socket.close(1008, 'This socket only speaks'));
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.terminate());
    },
  );
}
