// The live socket of the panel: forwards the workspace's frames. It carries news only, so a lost frame costs a refetch.
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';

const maxBufferedBytes = 1024 * 1024;

export function installLiveSocket(app: FastifyInstance): void {
  const sockets = new Map<WebSocket, { workspaceId: string; alive: boolean }>();
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
    for (const [socket, state] of sockets) {
      if (!state.alive) socket.terminate();
      state.alive = false;
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }, 30_000).unref();
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
      const origin = request.headers.origin;
      const own = [app.base.config.publicUrl, `${request.protocol}://${request.headers.host}`];
      // browsers let any page open a socket with our cookie; only our own may
      if (!ctx || (origin && !own.some((url) => url && URL.parse(url)?.origin === origin)))
        return socket.close(1008, 'Foreign origin');
      sockets.set(socket, { workspaceId: ctx.actor.workspaceId, alive: true });
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
