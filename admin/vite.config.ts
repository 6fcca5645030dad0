// Builds the panel into dist/admin, which the server serves at "/". In development it proxies to a running server.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const server = process.env.CARILLON_URL ?? 'http://localhost:3000';

/** Below this a packed file saves nothing. */
const packedFrom = 1024;

/** Each script and style sheet once more as .br and .gz beside it: the server sends what the browser can read (server/app.ts). */
const packed: Plugin = {
  name: 'packed',
  apply: 'build',
  writeBundle({ dir = '.' }, files) {
    for (const name of Object.keys(files).filter((file) => /\.(js|css)$/.test(file))) {
      const file = path.join(dir, name);
      const source = readFileSync(file);
      if (source.length < packedFrom) continue;
      writeFileSync(
        `${file}.br`,
        brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      );
      writeFileSync(`${file}.gz`, gzipSync(source, { level: 9 }));
    }
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react(), packed],
  build: {
    outDir: fileURLToPath(new URL('../dist/admin', import.meta.url)),
    emptyOutDir: true,
    // One style sheet: a screen that is fetched again after a lost connection must not come without its styles.
    cssCodeSplit: false,
    target: 'es2023',
    // A data: font or icon would need a looser content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: server, ws: true },
      '/hooks': { target: server },
      '/sandbox/': { target: server, ws: true },
    },
  },
});
