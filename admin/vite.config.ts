// Builds the panel into dist/admin, which the server serves at "/". In development it proxies to a running server.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.CARILLON_URL ?? 'http://localhost:3000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
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
