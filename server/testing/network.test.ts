import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { isLoopback } from './network.ts';

test('a connection to another machine is refused, whichever client makes it', async () => {
  await expect(fetch('http://192.0.2.1/')).rejects.toThrow();
  await expect(fetch('https://api.telegram.org/')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('api.telegram.org') },
  });
  await expect(request('https://graph.facebook.com/')).rejects.toThrow(/only connect to this machine/);
});

test('a connection to this machine works', async () => {
  const server = createServer((_, reply) => reply.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  server.close();
});

test.each([
  ['127.0.0.1', true],
  ['[::1]', true],
  ['shop.localhost', true],
  ['10.0.0.1', false],
  ['127.0.0.1.example.com', false],
])('%s: is this machine? %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
