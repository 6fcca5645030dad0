// The other end of bin/start.mjs: it starts the server with an IPC channel that carries no messages. When the
// channel breaks, the launcher is gone or asks us to stop: by Ctrl-C, by SIGTERM, or because it was killed with -9.
let isLost = false;
const callbacks: (() => void)[] = [];

process.once('disconnect', () => {
  isLost = true;
  for (const callback of callbacks) callback();
});

// A listener alone would keep the process alive for as long as the launcher lives.
process.channel?.unref();

/**
 * Calls back once when the launcher is gone, at once when it already is. Never calls when the process was started
 * without one (node server/main.ts). On Ctrl-C it comes together with SIGINT, so the shutdown must bear both.
 */
export function onLifelineLost(callback: () => void): void {
  if (isLost) queueMicrotask(callback);
  else callbacks.push(callback);
}
