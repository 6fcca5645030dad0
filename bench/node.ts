// One node of Carillon as a process of its own, as a bench measures it: started from the environment like the server itself.
// Answers `memory` over IPC. SIGTERM or the loss of the bench stops it in good order.
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
process.on('message', () => {
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rssBytes: rss, heapBytes: heapUsed });
});
const address = node.app.server.address();
process.send?.({ url: typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : null });
