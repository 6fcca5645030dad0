// News between nodes over LISTEN/NOTIFY: live frames for the panel and wake-ups for lanes. News may be lost (a dropped
// connection), so nothing may depend on it but speed: every listener also looks by itself from time to time.
import { sql } from 'kysely';
import type { LiveFrame } from '../../../contract/socket.ts';
import { type Db, openSession, type Session } from '../db/db.ts';
import type { Log } from '../log.ts';

const channel = 'carillon';

export type News =
  | { topic: 'live'; workspaceId: string; frame: LiveFrame }
  | { topic: 'wake'; connectionId: string };

export interface Hub {
  /** Leaves with the commit of ctx's transaction; one notification per call, so never call it per message sent. */
  publish(ctx: { db: Db }, news: News): Promise<void>;
  subscribe(listener: (news: News) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createHub(url: string, log: Log): Hub {
  const listeners = new Set<(news: News) => void>();
  let session: Session | null = null;
  let stopped = false;

  async function listen(): Promise<void> {
    const client = await openSession(url, 'carillon-hub');
    client.on('notification', (notification) => {
      const news = JSON.parse(notification.payload ?? 'null') as News;
      for (const listener of listeners) listener(news);
    });
    client.on('error', (error) => log.warn({ err: error }, 'the live news connection failed'));
    client.on('end', () => {
      if (!stopped) void reconnect();
    });
    await client.query(`LISTEN ${channel}`);
    session = client;
  }

  async function reconnect(): Promise<void> {
    for (let delayMs = 200; !stopped; delayMs = Math.min(delayMs * 2, 5000)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      try {
        if (!stopped) await listen();
        return;
      } catch (error) {
        log.warn({ err: error }, 'the live news connection could not be opened again');
      }
    }
  }

  return {
    async publish(ctx, news) {
      await sql`SELECT pg_notify(${channel}, ${JSON.stringify(news)})`.execute(ctx.db);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: listen,
    async stop() {
      stopped = true;
      await session?.end();
    },
  };
}
