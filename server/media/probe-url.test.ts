import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeImageUrl } from './probe-url.ts';

let server: Server;
let origin: string;
beforeAll(async () => {
  const png = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#5243c7' } })
    .png()
    .toBuffer();
  server = createServer((request, response) => {
    if (request.url === '/picture') return response.writeHead(200, { 'content-type': 'text/plain' }).end(png);
    if (request.url === '/page')
      return response.writeHead(200, { 'content-type': 'image/png' }).end('<html>');
    if (request.url === '/huge') return response.writeHead(200).end(Buffer.alloc(6 * 1024 * 1024));
    if (request.url === '/moved') return response.writeHead(302, { location: '/picture' }).end();
    if (request.url === '/inside')
      return response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    if (request.url === '/loop') return response.writeHead(302, { location: '/loop' }).end();
    if (request.url === '/cut') return response.socket?.destroy();
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const probe = (url: string, allowLoopback = true) =>
  probeImageUrl(url, '/content/media/0/url', { allowLoopback });

describe('a picture by URL', () => {
  it('is accepted by its content, whatever the server calls it, also behind a redirect', async () => {
    expect(await probe(`${origin}/picture`)).toMatchObject({ mime: 'image/png' });
    expect(await probe(`${origin}/moved`)).toMatchObject({ mime: 'image/png' });
  });
  it.each([
    ['/page', /no picture/],
    ['/huge', /larger than 5 MB/],
    ['/gone', /answered 404/],
    ['/loop', /redirects too often/],
    ['/cut', /could not be reached/],
    ['/inside', /public internet/],
  ])('is refused at %s with what to do', async (path, words) => {
    await expect(probe(origin + path)).rejects.toMatchObject({
      code: 'MEDIA_UNREACHABLE',
      message: expect.stringMatching(words),
      errors: [{ pointer: '/content/media/0/url' }],
    });
  });
  it('is never asked for inside private networks, by number or by name', async () => {
    for (const url of [
      'http://127.0.0.1/x',
      'http://[::1]/x',
      'http://[::ffff:10.0.0.1]/x',
      'http://10.1.2.3/x',
      'http://169.254.169.254/x',
      'http://0x7f.1/x',
      'http://0.0.0.0/x',
    ])
      await expect(probe(url, false), url).rejects.toThrow(/public internet/);
    await expect(probe(`${origin.replace('127.0.0.1', 'localhost')}/picture`, false)).rejects.toThrow(
      /could not be reached/,
    );
  });
});
