// Starts that go another way than the first one: without the demo, with a lost password, with wrong settings, killed.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freshFolder, launch, printed, processesNaming, run, startCarillon, until } from './carillon.ts';

async function said(env: Record<string, string>, args: string[] = []): Promise<string> {
  const program = launch({ dataDir: freshFolder(), env, args });
  onTestFinished(() => program.signal('SIGKILL'));
  expect(await program.ended).toBe(1);
  expect(program.output()).not.toMatch(/\n\s+at .*\(/);
  return program.output();
}

test('--empty is remembered: a plain second start plays no demo', async () => {
  const first = await startCarillon({ args: ['--empty'] });
  onTestFinished(() => first.end());
  expect(first.output()).not.toContain('--empty changes nothing');
  await first.stop();
  const second = await startCarillon({ dataDir: first.dataDir });
  onTestFinished(() => second.end());
  expect(second.output()).not.toMatch(/Flash Offer|Password/);
  expect(await (await fetch(`${second.url}/api/v1/setup`)).json()).toMatchObject({ needed: true });
});

test('a demo cut short, then --empty: it says what is there, and a lost password is replaced', async () => {
  const dataDir = freshFolder();
  const cut = launch({ dataDir });
  await printed(cut, /Marlow Ceramics opens/);
  cut.signal('SIGKILL');
  await cut.ended;
  const carillon = await startCarillon({ dataDir, args: ['--empty'] });
  onTestFinished(() => carillon.end());
  expect(carillon.output()).toContain('--empty changes nothing here: the demo shop was begun already');
  expect(carillon.output()).toContain(`delete the folder ${dataDir}`);
  expect(carillon.output()).toContain('--reset-password nora@marlow.example');
  expect(carillon.output()).not.toContain('Flash Offer');
  await carillon.stop();

  const reset = launch({ dataDir, args: ['--reset-password', 'nora@marlow.example'] });
  expect(await reset.ended).toBe(0);
  const password = /shown this once: (\S+)/.exec(reset.output())?.[1] ?? '';
  const again = await startCarillon({ dataDir, args: ['--empty'] });
  onTestFinished(() => again.end());
  const answer = await fetch(`${again.url}/api/v1/sign_in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: again.url },
    body: JSON.stringify({ email: 'nora@marlow.example', password }),
  });
  expect(answer.status).toBe(200);
});

test('what is set wrongly is said in words, with what to do, and at once', async () => {
  expect(await said({ PORT: 'abc' })).toContain(
    'PORT takes a number from 0 to 65535; it is some other text now.',
  );
  expect(await said({ DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' })).toContain(
    'no PostgreSQL answers at 127.0.0.1:1. Start it',
  );
  expect(await said({ DATA_DIR: '/proc/nope' })).toContain('Set DATA_DIR to a folder');
  expect(await said({ SANDBOX: 'off', HOST: 'no-such-host.invalid' })).toContain('HOST=no-such-host.invalid');
  expect(await said({}, ['--emtpy'])).toContain('Carillon takes --empty, --held');
});

test('an API_TOKEN without an owner, or a folder that cannot be written, is said before anything is installed or built', async () => {
  const dataDir = freshFolder();
  const env = { DATA_DIR: dataDir, PORT: '0', API_TOKEN: 'a-token-of-forty-characters-0123456789ab' };
  const start = run(process.execPath, ['bin/start.mjs'], env);
  expect(await start.ended).toBe(1);
  expect(start.output()).toMatch(
    /^\nAPI_TOKEN belongs to the first workspace.*OWNER_EMAIL and OWNER_PASSWORD/,
  );
  expect(readdirSync(dataDir)).toEqual([]);

  const file = path.join(dataDir, 'a-file');
  writeFileSync(file, '');
  const tries = `import { main } from './bin/failure.mjs';
    import { checkWritable } from './bin/installation.mjs';
    await main(() => checkWritable(${JSON.stringify(path.join(file, 'admin'))}, 'The admin panel has to be built'));`;
  const build = run(process.execPath, ['--input-type=module', '-e', tries], {});
  expect(await build.ended).toBe(1);
  expect(build.output()).toMatch(
    /^\nThe admin panel has to be built, and .*a-file.* cannot be written \(E\w+\)\./,
  );
  expect(build.output()).not.toMatch(/\n\s+at /);
});

test('npm start --empty --held counts although npm keeps the options; a server killed from outside is told', async () => {
  const dataDir = freshFolder();
  const npm = run(
    'npm',
    ['start', '--empty', '--held'],
    { DATA_DIR: dataDir, PORT: '0', SANDBOX: 'on' },
    true,
  );
  onTestFinished(() => {
    for (const line of processesNaming(dataDir)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  });
  await printed(npm, /^Carillon is ready/m);
  expect(npm.output()).not.toContain('Flash Offer');
  expect(npm.output()).toContain('--held: there is no workspace in this database yet');
  const server = processesNaming(dataDir).find((line) => line.includes('server/main.ts --empty'));
  process.kill(Number.parseInt(server ?? '', 10), 'SIGKILL');
  expect(await npm.ended).not.toBe(0);
  expect(npm.output()).toContain('The server was killed from outside (SIGKILL)');
  await until('nothing is left', () => processesNaming(dataDir).length === 0, 20_000);
});

test('the first Ctrl-C while a silent program works (npm, Vite) is answered at once', async () => {
  const quiet =
    "import('./bin/child.mjs').then(({ runQuietly }) => { console.log('at work'); return runQuietly('sleep', ['30']); })";
  const launcher = run(process.execPath, ['-e', quiet], {}, true);
  await printed(launcher, /at work/);
  launcher.signal('SIGINT');
  await printed(launcher, /Stopping…/, 2000);
  await launcher.ended;
});
