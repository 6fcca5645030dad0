// Serves the page of simulated phones from sandbox/phones/. All its addresses are relative: the product shows it below /sandbox/.
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'phones');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The panel's font, when its package is installed; the page has a system font to fall back on. */
const FONT = join(
  import.meta.dirname,
  '../node_modules/@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2',
);

/** Messages are untrusted text: no inline script, nothing from elsewhere. Framing is allowed, the panel shows it in a frame. */
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'";

export function answerPhones(response: ServerResponse, path: string): boolean {
  if (path === '/' || path === '/phones') {
    // A page and not a redirect: proxies rewrite a Location header each in their own way, a relative address needs no rewriting.
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(
      '<!doctype html><meta http-equiv="refresh" content="0;url=phones/"><a href="phones/">Phones</a>',
    );
    return true;
  }
  if (!path.startsWith('/phones/')) return false;
  const name = path.slice('/phones/'.length) || 'phones.html';
  const type = TYPES[extname(name)];
  const file = name === 'inter.woff2' ? FONT : join(FOLDER, name);
  // One flat folder: a name with a slash or ".." is nothing of ours.
  if (type === undefined || !/^[\w.-]+$/.test(name) || !existsSync(file)) return false;
  response.writeHead(200, {
    'Content-Type': type,
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': POLICY,
  });
  response.end(readFileSync(file));
  return true;
}
