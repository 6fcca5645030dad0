// Runs a program and ends with it, in both directions: Ctrl-C, SIGTERM and SIGHUP end the child in good order, and so
// does the death of npm, which a kill -9 does not announce. The child sees our own death on its IPC channel.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { root } from './paths.mjs';

const patienceMs = 30_000;
// A Ctrl-C arrives twice, from the terminal and from npm; only a later one is a second one.
const sameSignalMs = 400;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let firstSignalAt = 0;

function stopAll(signal) {
  const now = Date.now();
  if (firstSignalAt && now - firstSignalAt < sameSignalMs) return;
  const isSecond = firstSignalAt > 0;
  firstSignalAt ||= now;
  // the server says for itself what it does; a silent npm or Vite does not
  if (!isSecond && [...running].some((child) => child.isQuiet)) console.log('\nStopping…');
  for (const child of running) {
    if (isSecond) {
      // It had its own Ctrl-C; what is still there a second later will not go by itself.
      setTimeout(() => child.kill('SIGKILL'), 1000).unref();
    } else {
      child.stopWith(signal);
      setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
    }
  }
  if (running.size === 0) process.exit(130);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopAll(signal));

// Started by npm, we are not to outlive it. (Started by hand, the shell may go: `node bin/start.mjs &`.)
if (process.env.npm_lifecycle_event) {
  const starter = whoStartedUs();
  setInterval(() => {
    if (whoStartedUs() !== starter && !firstSignalAt) stopAll('SIGTERM');
  }, 500).unref();
}

// The shell that npm puts before us outlives a killed npm, so its parent counts too (where /proc tells: Linux).
function whoStartedUs() {
  const { ppid } = process;
  try {
    const [, command, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${ppid}/stat`, 'utf8'));
    return /^(ba|da|z)?sh$/.test(command) ? `${ppid} ${parent}` : `${ppid}`;
  } catch {
    return `${ppid}`;
  }
}

/** Whether a signal has asked us to end; a launcher of several steps stops between them. */
export function isStopping() {
  return firstSignalAt > 0;
}

/**
 * Runs `command` in the checkout and resolves with its exit code (128 + signal when a signal ended it).
 * `stop: 'lifeline'` asks it to end by closing its IPC channel (server/platform/lifeline.ts), 'signal' by SIGTERM.
 */
export function run(command, args, { env = {}, stop = 'signal', ipc = stop === 'lifeline' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ipc ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    });
    child.stopWith = (signal) => {
      if (stop === 'lifeline') return child.connected && child.disconnect();
      // The terminal has sent SIGINT and SIGHUP to the child as well: do not double them, but see to it that it goes.
      if (signal === 'SIGTERM') child.kill('SIGTERM');
      else setTimeout(() => child.kill('SIGTERM'), 3000).unref();
    };
    running.add(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? 128 + (signalNumbers[signal] ?? 1));
    });
  });
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Runs a program quietly and resolves with its exit code and all it said. */
export function runQuietly(command, args, { env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.isQuiet = true;
    child.stopWith = () => child.kill('SIGTERM');
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => {
      running.delete(child);
      resolve({ code: 127, output: String(error) });
    });
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}
