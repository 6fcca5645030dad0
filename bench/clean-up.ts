// What a bench has started ends with it: at its end, when it fails, and on Ctrl-C. Everything is undone in reverse.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { removeLeftovers } from '../server/testing/temporary-folder.ts';

type CleanUp = () => Promise<unknown> | unknown;
const cleanUps: CleanUp[] = [];
let stopping = false;

/** Whether somebody has said stop: the process then ends by itself once everything is undone. */
export const isStopping = (): boolean => stopping;

/** Registers how to undo something; the returned function undoes it now, and not a second time later. */
export function onEnd(cleanUp: CleanUp): () => Promise<void> {
  cleanUps.push(cleanUp);
  return async () => {
    const at = cleanUps.indexOf(cleanUp);
    if (at < 0) return;
    cleanUps.splice(at, 1);
    await cleanUp();
  };
}

/** Undoes everything that is still there, the latest first. */
export async function endAll(): Promise<void> {
  for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop())
    try {
      await cleanUp();
    } catch (error) {
      console.error('While cleaning up:', error instanceof Error ? error.message : error);
    }
}

/** From now on Ctrl-C, SIGTERM and SIGHUP undo everything and end the process. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      // what a bench in the middle of its work says about things that are taken away under it tells nobody anything
      process.on('uncaughtException', () => {});
      process.on('unhandledRejection', () => {});
      console.log('\nStopping…');
      void endAll().then(() => process.exit(130));
    });
}

const prefix = 'carillon-bench-';

/** A folder that is removed at the end; what benches that were killed have left, gigabytes often, goes now. */
export function temporaryFolder(): string {
  removeLeftovers(prefix);
  const folder = mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  onEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Child {
  process: ChildProcess;
  /** The first message it sends over IPC. */
  ready: Promise<unknown>;
  /** Sends it a message and resolves with the next one that it sends; one question at a time. */
  ask<T>(message: object): Promise<T>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts one of our scripts, or any program by its path, as a process of its own. Detached, so that a Ctrl-C reaches the
 * bench alone and things end in order; a killed bench is noticed on the IPC channel.
 */
export function start(file: string, env: Record<string, string>, args: string[] = []): Child {
  const isScript = file.endsWith('.ts');
  const child = spawn(isScript ? process.execPath : file, isScript ? [file, ...args] : args, {
    stdio: isScript ? ['ignore', 'ignore', 'inherit', 'ipc'] : ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...env },
    detached: true,
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${file} ended early (${signal ?? code})`)));
  });
  ready.catch(() => {});
  const end = onEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(force);
  });
  return {
    process: child,
    ready,
    ask(message) {
      return new Promise((resolve, reject) => {
        const lost = () => reject(new Error(`${file} ended before it answered`));
        child.once('exit', lost);
        child.once('message', (answer) => {
          child.off('exit', lost);
          resolve(answer as never);
        });
        child.send(message);
      });
    },
    async stop(signal) {
      if (signal) child.kill(signal);
      await end();
    },
  };
}
