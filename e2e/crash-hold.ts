// Holding a product from outside at one exact place: by locks in its database, taken by a session of the story's own.
import { openSession } from '../server/platform/db/db.ts';
import { until } from './carillon.ts';

export interface Hold {
  /** Resolves once a session of the product waits for this hold, in a statement that matches. */
  caught(statement: RegExp): Promise<void>;
  /**
   * Lets go. `burying`: first ends what the dead left behind, as PostgreSQL does once it has noticed that nobody is there;
   * without it, a statement that had been sent still takes place after the death of its sender.
   */
  release(burying?: 'burying'): Promise<void>;
}

/** `statement` takes the lock, within a transaction: LOCK TABLE …, SELECT … FOR UPDATE. */
export async function hold(databaseUrl: string, statement: string): Promise<Hold> {
  const holder = await openSession(databaseUrl, 'crash-story');
  let isOver = false;
  await holder.query('BEGIN');
  await holder.query(statement);
  // beside the transaction, in which PostgreSQL shows one and the same moment for ever
  const watcher = await openSession(databaseUrl, 'crash-story');
  const others = `FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'carillon%'`;
  return {
    caught: (pattern) =>
      until(`the product waits in ${pattern}`, async () => {
        const { rows } = await watcher.query(`SELECT query ${others} AND wait_event_type = 'Lock'`);
        return rows.some((row) => pattern.test(row.query));
      }),
    async release(burying) {
      if (isOver) return;
      isOver = true;
      if (burying) {
        await watcher.query(`SELECT pg_terminate_backend(pid) ${others}`);
        await until('the dead are buried', async () => {
          const { rows } = await watcher.query(`SELECT pid ${others}`);
          return rows.length === 0;
        });
      }
      await holder.query('ROLLBACK');
      await Promise.all([holder.end(), watcher.end()]);
    },
  };
}

/** One question to the database, for what the API does not tell. */
export async function askDatabase<Row>(databaseUrl: string, statement: string): Promise<Row[]> {
  const session = await openSession(databaseUrl, 'crash-story');
  try {
    return (await session.query(statement)).rows as Row[];
  } finally {
    await session.end();
  }
}
