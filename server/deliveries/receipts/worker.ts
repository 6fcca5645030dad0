// The node's share of working receipts in: one batch after the other, without a lease, for any number of nodes may do it.
import type { BaseCtx } from '../../platform/context.ts';
import type { News } from '../../platform/realtime/hub.ts';
import { receiptsAside, receiptsWorkedIn } from '../metrics.ts';
import { countAside } from './aside.ts';
import { workInReceipts } from './work-in.ts';

/** Small batches cost more than they bring: what comes meanwhile goes with the next. */
const restMs = 100;
const newsEveryMs = 250;
const countEveryMs = 60_000;
const batch = 2000;

export interface ReceiptWorker {
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

export function startReceipts(base: BaseCtx): ReceiptWorker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const untold = new Map<string, News>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let countedAt = Number.NEGATIVE_INFINITY;

  async function tell(): Promise<void> {
    const now = base.clock.elapsedMs();
    if (untold.size === 0 || now - toldAt < newsEveryMs) return;
    toldAt = now;
    const all = [...untold.values()];
    untold.clear();
    await base.hub.publishAll(base, all);
  }

  async function count(): Promise<void> {
    const now = base.clock.elapsedMs();
    if (now - countedAt < countEveryMs) return;
    receiptsAside.set(await countAside(base));
    countedAt = now;
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      let restsMs = restMs;
      try {
        const { taken, done, news } = await workInReceipts(base, batch);
        failures = 0;
        receiptsWorkedIn.inc(done);
        for (const one of news) untold.set(JSON.stringify(one), one);
        await tell();
        await count();
        if (taken === batch && done > 0) restsMs = 0;
      } catch (error) {
        failures += 1;
        restsMs = Math.min(200 * 2 ** failures, 5000);
        base.log.warn({ err: error }, 'receipts wait for the database');
      }
      if (restsMs > 0) await base.clock.sleep(restsMs, signal);
    }
  }

  const ended = loop();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
