// News between nodes over LISTEN/NOTIFY: live frames for the panel and wake-ups for lanes. News may be lost (a dropped
// connection), so nothing may depend on it but speed: every listener also looks by itself from time to time.
import { sql } from 'kysely';
import type { LiveFrame } from '../../../contract/socket.ts';
import { type Db, openSession, type Session } from '../db/db.ts';
import type { Log } from '../log.ts';

const channel = 'carillon';

export type News =
  | { topic: 'live'; workspaceId: string; frame: LiveFrame }
  /** Something to send, something came in, or the connection itself changed: whoever works for it looks at once. */
  | { topic: 'outbound' | 'inbound' | 'connection'; connectionId: string };

export interface Hub {
  /** Leaves with the commit of ctx's transaction; one notification per call, so never call it per message sent. */
  publish(ctx: { db: Db }, news: News): Promise<void>;
  /** Many at once in one statement: one commit, and the commit-wide lock of NOTIFY taken once. */
  publishAll(ctx: { db: Db }, news: News[]): Promise<void>;
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
    let listening = false;
    client.on('notification', (notification) => hear(notification.payload));
    client.on('error', (error) => log.warn({ err: error }, 'the live news connection failed'));
    client.on('end', () => {
      if (listening && !stopped) void reconnect();
    });
    try {
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    // stopped while it was being opened
    if (stopped) return client.end();
    listening = true;
    session = client;
  }

  /** What arrives is anybody's who may write to the database, and a listener may have a bug: neither ends the process. */
  function hear(payload: string | undefined): void {
    for (const listener of listeners)
      try {
        listener(JSON.parse(payload ?? '') as News);
      } catch (error) {
        log.warn({ err: error }, 'a piece of news could not be used');
      }
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
    async publishAll({ db }, all) {
      if (all.length === 0) return;
      const payloads = all.map((news) => JSON.stringify(news));
      await sql`SELECT pg_notify(${channel}, payload) FROM unnest(${payloads}::text[]) AS payload`.execute(
        db,
      );
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
