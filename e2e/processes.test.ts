// Starting and ending as a person at a terminal does it: a folder or a port that is taken, Ctrl-C, and no process left behind.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Me } from '../contract/workspaces.ts';
import { testDatabase } from '../server/testing/database.ts';
import { apiOf, owner } from './api.ts';
import { freshFolder, launch, printed, processesNaming, run, startCarillon, until } from './carillon.ts';

const startLimitMs = 60_000;

/** `npm start` in a terminal of its own; whatever is left of it is killed when the test ends. */
function npmStart(dataDir: string, ...args: string[]) {
  const npm = run('npm', ['start', '--', ...args], { DATA_DIR: dataDir, PORT: '0' }, true);
  onTestFinished(() => {
    for (const line of processesNaming(dataDir)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  });
  return npm;
}

const nothingIsLeft = (dataDir: string) =>
  until(`nothing works on ${dataDir} any more`, () => processesNaming(dataDir).length === 0, 20_000).catch(
    () => expect(processesNaming(dataDir)).toEqual([]),
  );

test('OWNER_EMAIL, OWNER_PASSWORD and API_TOKEN set it up; a second start says that the folder is taken', async () => {
  const first = await startCarillon({ env: { ...owner, SANDBOX: 'off' } });
  onTestFinished(() => first.end());
  const me = await apiOf(first, null).done<Me>('/sign_in', {
    email: owner.OWNER_EMAIL,
    password: owner.OWNER_PASSWORD,
  });
  expect(me.user).toMatchObject({ email: owner.OWNER_EMAIL, role: 'owner' });
  const campaigns = await apiOf(first).read<{ data: { kind: string }[] }>('/campaigns');
  expect(campaigns.data).toHaveLength(4);
  expect((await apiOf(first, 'some-other-token-0123456789').call('GET', '/campaigns')).status).toBe(401);
  expect(await apiOf(first).refused('POST', '/setup', setUp)).toMatchObject({ code: 'ALREADY_SET_UP' });

  const second = launch({ dataDir: first.dataDir });
  expect(await second.ended).not.toBe(0);
  expect(second.output()).toContain(`already runs on the data folder ${first.dataDir}`);
  expect(second.output()).toContain(`process ${first.pid}, at ${first.url}`);
  expect(second.output()).toContain('DATA_DIR=');
  expect(second.output()).not.toMatch(/\n\s+at .*\(/);
  // and the first did not notice
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

const setUp = {
  workspace_name: 'Another shop',
  name: 'Mallory',
  email: 'mallory@other.example',
  password: 'a-long-enough-password',
};

test('a port that is taken is named, with the command that helps', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const dataDir = freshFolder();
  const env = { DATABASE_URL: await testDatabase(), PORT: String(port) };
  const start = launch({ dataDir, env });
  expect(await start.ended).not.toBe(0);
  expect(start.output()).toContain(`Port ${port} is taken`);
  expect(start.output()).toContain(`PORT=${port + 1} npm start`);
  await nothingIsLeft(dataDir);
});

test('Ctrl-C in the middle of the demo leaves no process behind, and the next start carries it on', async () => {
  const dataDir = freshFolder();
  const first = npmStart(dataDir);
  await printed(first, /[1-9]\d* of 156 · /, startLimitMs);
  const running = processesNaming(dataDir).join('\n');
  for (const one of ['server/main.ts', 'bin/postgres', 'sandbox/main.ts']) expect(running).toContain(one);
  first.signal('SIGINT');
  await first.ended;
  await nothingIsLeft(dataDir);
  expect(first.output()).toContain('Stopped in the middle of the demo. The next start carries on.');
  expect(first.output()).not.toMatch(/Carillon is ready|Password|Error|"level":50/);

  const second = npmStart(dataDir);
  await printed(second, /Carillon is ready at/, startLimitMs);
  expect(second.output()).toMatch(/The emulator received \d+ messages, 0 twice/);
  const [, sent] =
    /(\d+) sent \+ \d+ failed \+ \d+ skipped \+ 0 unknown = 156 planned/.exec(second.output()) ?? [];
  expect(Number(sent)).toBeGreaterThan(140);
  // Ctrl-C twice, as impatient people do
  second.signal('SIGINT');
  second.signal('SIGINT');
  await second.ended;
  await nothingIsLeft(dataDir);
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s to npm alone: nothing that it started lives on',
  async (name) => {
    const dataDir = freshFolder();
    const npm = npmStart(dataDir, '--empty');
    await printed(npm, /Carillon is ready at/, startLimitMs);
    process.kill(npm.pid, name);
    await nothingIsLeft(dataDir);
  },
);
