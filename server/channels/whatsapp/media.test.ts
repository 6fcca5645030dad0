// What the address of a file answers decides whether it is tried again: over real HTTP, at a server of the story's own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WhatsAppClient } from './client.ts';
import { download } from './media.ts';

test.each([
  [401, 'CREDENTIALS_REJECTED'],
  [404, 'PLATFORM_REFUSED'],
  [503, 'PLATFORM_UNREACHABLE'],
])('bytes that are answered with %i are %s', async (status, code) => {
  const server = createServer((request, response) => {
    const isFile = request.url?.startsWith('/file');
    response.writeHead(isFile ? status : 200, { 'content-type': 'application/json' });
    response.end(isFile ? '' : JSON.stringify({ url: `${origin}/file`, mime_type: 'image/png' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new WhatsAppClient();
  onTestFinished(async () => {
    await client.close();
    server.close();
  });
  const account = { workspaceId: '', connectionId: '', apiRoot: `${origin}/v23.0`, credentials: { access_token: 'EAA', phone_number_id: '1' } }; // biome-ignore format: one thought
  await expect(download(client, account, '7')).rejects.toMatchObject({ code });
});
