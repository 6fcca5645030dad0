// One node of Carillon as a process of its own, as a bench measures it: started from the environment like the server itself.
// Every IPC message is answered with its memory. SIGTERM or the loss of the bench stops it in good order.
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { adapterOf } from '../server/channels/registry.ts';
import { startNode } from '../server/node.ts';
import { readConfig } from '../server/platform/config.ts';
import { createLog } from '../server/platform/log.ts';

// a bot without limits, where a bench must not take nine hours: the lane then goes at this rate
if (process.env.BENCH_RATE)
  Object.assign(adapterOf('telegram').pace, { perSecond: Number(process.env.BENCH_RATE) });
const config = readConfig(process.env);
const node = await startNode(config, createLog(config.logLevel, process.stderr), 'bench');

async function stop(): Promise<void> {
  await node.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
/** Heap in use right after the latest full collection: what is alive, without the garbage that V8 has not looked at yet. */
let liveBytes = 0;
new PerformanceObserver((list) => {
  const isFull = list
    .getEntries()
    .some(
      (entry) =>
        (entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR,
    );
  if (isFull) liveBytes = process.memoryUsage().heapUsed;
}).observe({ entryTypes: ['gc'] });

/** What of memory, as a bench asks for it. `collect`: after a full collection made now. */
export interface Memory {
  rssBytes: number;
  heapBytes: number;
  liveBytes: number;
}
process.on('message', ({ collect }: { collect?: boolean }) => {
  if (collect) {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    liveBytes = process.memoryUsage().heapUsed;
  }
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rssBytes: rss, heapBytes: heapUsed, liveBytes } satisfies Memory);
});
const address = node.app.server.address();
process.send?.({ url: typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : null });
