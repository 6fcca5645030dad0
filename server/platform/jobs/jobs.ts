// The one door to pg-boss. A job is enqueued in the caller's transaction, so it exists exactly if the rows it speaks of do.
import { CompiledQuery } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';

/** Job name `module.verb` → its handler gets the data that was enqueued. Names and handlers meet in each module's tasks.ts. */
export interface JobSpec {
  name: string;
  /** The name of a recurring job in versions before: it is taken from the timetable, or jobs that nobody does would pile up. */
  formerly?: string;
  /** How many times a failing job is tried again, with exponential backoff. */
  retryLimit: number;
  /** Longer than the slowest healthy run: after that another node takes the job over. */
  expireInSeconds: number;
  /** Each job is fetched when one of four workers is free for it, not in a batch behind others: for jobs that take their time. */
  oneByOne?: boolean;
  /** With oneByOne: at most so many of the node's workers for the jobs of one `group`, so that a slow one leaves room. */
  perGroup?: number;
  /** Cron line for recurring jobs (UTC), five fields. */
  cron?: string;
}

type Handler = (name: string, data: unknown) => Promise<void>;

export interface Jobs {
  /** `key`: at most one waiting job of that name and key, the first one. `group`: see JobSpec.perGroup. */
  enqueue(
    ctx: { db: Db },
    name: string,
    data: object,
    options?: { key?: string; startAfter?: Date; group?: string },
  ): Promise<void>;
  start(specs: JobSpec[], handler: Handler, work: boolean): Promise<void>;
  /** Aborted when this node begins to stop: long work ends its batch and leaves the rest to others. */
  readonly stopping: AbortSignal;
  stop(): Promise<void>;
}

const schema = 'pgboss';
/**
 * A fresh job is announced; a delayed one, or one whose announcement was lost, is found by looking every 2 s. A full batch
 * is followed by the next at once: without that, a hundred campaigns launched together start one by one, 2 s apart.
 */
const workOptions = {
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 2,
  batchSize: 10,
  burstWhenBatchFull: true,
  localConcurrency: 2,
};

/** Workers of a queue whose jobs are fetched one by one; where groups are kept apart, for so many groups at once. */
const oneByOneWorkers = 4;
const groupsAtOnce = 3;

/**
 * A killed node's jobs: ten seconds without a heartbeat (the library's least), seen within five, then tried again. Without
 * this they would wait for `expireInSeconds`, and campaigns with them.
 */
const heartbeatSeconds = 10;
const superviseSeconds = 5;

function createBoss(url: string, log: Log): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
    schema,
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    application_name: 'carillon-jobs',
  });
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue reported an error'));
  return boss;
}

/** Creates the queue's tables and queues; safe to repeat and from several nodes. */
export async function installJobs(url: string, log: Log, specs: JobSpec[]): Promise<void> {
  const boss = createBoss(url, log);
  await boss.start();
  await declareQueues(boss, specs);
  await boss.stop({ graceful: false });
}

async function declareQueues(boss: PgBoss, specs: JobSpec[]): Promise<void> {
  for (const spec of specs) {
    const options = {
      retryLimit: spec.retryLimit,
      retryBackoff: true,
      retryDelay: 1,
      retryDelayMax: 300,
      expireInSeconds: spec.expireInSeconds,
      heartbeatSeconds,
      deleteAfterSeconds: 86_400,
      notify: true,
    };
    // `short`: one waiting job per key, any number active: a wake-up during a run is not lost
    if (await boss.getQueue(spec.name)) await boss.updateQueue(spec.name, options);
    else await boss.createQueue(spec.name, { ...options, policy: 'short' });
    if (spec.formerly) await boss.unschedule(spec.formerly);
    if (spec.cron) await boss.schedule(spec.name, spec.cron, {}, { tz: 'UTC' });
  }
}

export function createJobs(url: string, log: Log): Jobs {
  const boss = createBoss(url, log);
  const stopping = new AbortController();

  /** Each for itself: one that fails is tried again without the others of its batch. */
  async function handleAll(
    spec: JobSpec,
    jobs: { id: string; data: unknown }[],
    handler: Handler,
  ): Promise<void> {
    for (const job of jobs)
      try {
        await handler(spec.name, job.data);
      } catch (error) {
        log.error(
          { err: error, job: spec.name, id: job.id },
          'a job failed; it is tried again if it has tries left',
        );
        await boss.fail(spec.name, job.id, {
          message: error instanceof Error ? error.message : String(error),
        });
      }
  }

  /** The library lets a worker with batches of one rest after every job, as long as after an empty look: it is told to go on. */
  async function workOneByOne(spec: JobSpec, handler: Handler): Promise<void> {
    const { perGroup } = spec;
    const options = {
      ...workOptions,
      batchSize: 1,
      localConcurrency: perGroup ?? 1,
      ...(perGroup && { localGroupConcurrency: perGroup }),
    };
    const worker = await boss.work(spec.name, options, async (jobs) => {
      await handleAll(spec, jobs, handler);
      boss.notifyWorker(worker);
    });
  }

  return {
    stopping: stopping.signal,
    async enqueue(ctx, name, data, options = {}) {
      await boss.send(name, data, {
        singletonKey: options.key ?? crypto.randomUUID(),
        startAfter: options.startAfter,
        ...(options.group ? { group: { id: options.group } } : {}),
        db: throughKysely(ctx.db),
      });
    },
    async start(specs, handler, work) {
      await boss.start();
      await declareQueues(boss, specs);
      if (!work) return;
      for (const spec of specs)
        if (spec.oneByOne)
          for (let n = 0; n < (spec.perGroup ? groupsAtOnce : oneByOneWorkers); n++)
            await workOneByOne(spec, handler);
        else await boss.work(spec.name, workOptions, (jobs) => handleAll(spec, jobs, handler));
    },
    async stop() {
      stopping.abort();
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

function throughKysely(db: Db) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      const result = await db.executeQuery(CompiledQuery.raw(text, values as unknown[]));
      return { rows: result.rows as unknown[] as never[] };
    },
  };
}
