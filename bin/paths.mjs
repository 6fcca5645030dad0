// Where things lie in a checkout. The programs in bin/ run on the machine's own Node (20 or newer) before
// anything is installed, so they are plain JavaScript and import nothing but Node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pinned Node 24 that the `node` package brings; everything but bin/ runs on it. */
export const node24 = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Of the server's process: 2 MB for what was made just now. V8's own 64 let an import of 150,000 people reach 443 MB instead
 * of 274 (2026-11-21). It is read where the process begins, so the server cannot set it itself; the Dockerfile says the same.
 */
export const serverOptions = ['--max-semi-space-size=2'];

/** Path of a program of an installed package, to be run by node24. */
export const program = {
  vite: join(root, 'node_modules/vite/bin/vite.js'),
  vitest: join(root, 'node_modules/vitest/vitest.mjs'),
  tsc: join(root, 'node_modules/typescript/bin/tsc'),
  biome: join(root, 'node_modules/@biomejs/biome/bin/biome'),
  oxlint: join(root, 'node_modules/oxlint/bin/oxlint'),
};
