// The wire between product and platform, which a story may cut: what is under way breaks, what is new is refused.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  /** The platform's address as the product is given it. */
  url: string;
  /** Breaks every connection and refuses new ones until mend(). */
  cut(): void;
  mend(): void;
  end(): void;
}

export async function wireTo(url: string): Promise<Wire> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.resetAndDestroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    mend() {
      isCut = false;
    },
    end() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
