// Runs the sandbox beside the server: a process of its own that knows nothing of ours, reached only by its base URL. It ends
// with us (its IPC channel breaks), keeps its chats in the data folder, and is started again should it crash.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Log } from './platform/log.ts';

export interface SandboxProcess {
  /** Origin that answers for the platforms; the same after a crash. */
  url: string;
  stop(): Promise<void>;
}

/** Built, both are JavaScript. */
const entry = path.resolve(import.meta.dirname, `../sandbox/main${path.extname(import.meta.filename)}`);
const startTimeoutMs = 15_000;

/** Rejects with a sentence when the sandbox does not come up within 15 s. */
export async function startSandboxProcess(dataDir: string, log: Log): Promise<SandboxProcess> {
  let stopping = false;
  let child: ChildProcess;
  let { url, process: first } = await launch(dataDir, 0);
  child = first;
  watch();

  function watch(): void {
    child.once('exit', (code) => {
      if (stopping) return;
      log.error({ code }, 'the sandbox stopped; it is started again');
      setTimeout(async () => {
        try {
          ({ url, process: child } = await launch(dataDir, Number(new URL(url).port)));
          if (stopping) child.kill('SIGTERM');
          watch();
        } catch (error) {
          log.error({ err: error }, 'the sandbox could not be started again');
        }
      }, 500);
    });
  }

  return {
    url,
    async stop() {
      stopping = true;
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function launch(dataDir: string, port: number): Promise<{ url: string; process: ChildProcess }> {
  // detached: a Ctrl-C reaches us first, so sends under way still get their answer before the sandbox goes
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH, SANDBOX_PORT: String(port), SANDBOX_DATA: path.join(dataDir, 'sandbox') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('it gave no sign of life'), startTimeoutMs);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The sandbox did not start: ${why}. Start with SANDBOX=off to do without it.`));
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with code ${code}`));
    child.on('message', (message: { ready?: boolean; url?: string }) => {
      if (!message.ready || !message.url) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve({ url: message.url, process: child });
    });
  });
}
