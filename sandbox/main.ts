// Starts the sandbox as a process of its own. Called by `bin/dev.mjs`, the demo and the benchmarks.
import { startSandbox } from './server.ts';

const { SANDBOX_PORT, SANDBOX_HOST, SANDBOX_DATA } = process.env;

const sandbox = await startSandbox({
  port: Number(SANDBOX_PORT ?? 0),
  host: SANDBOX_HOST ?? '127.0.0.1',
  ...(SANDBOX_DATA ? { dataDir: SANDBOX_DATA } : {}),
});

let isClosing = false;
async function stop(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  await sandbox.close();
  process.exit(0);
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The parent went away: nobody is left to talk to.
process.on('disconnect', stop);

console.log(`Sandbox is ready at ${sandbox.url}`);
process.send?.({ ready: true, url: sandbox.url });
