// npm start: installs what is missing, builds what is stale, then runs the server until it is told to stop.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBundlesBuilt } from './bundles.mjs';
import { isStopping, run, runQuietly } from './child.mjs';
import { Failure, main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, root, serverOptions } from './paths.mjs';

await main(async (args) => {
  refuseTokenWithoutOwner();
  await ensureInstalled();
  await ensureBundlesBuilt();
  const startedAt = performance.now();
  const code = await run(node24, [...serverOptions, 'server/main.ts', ...args, ...swallowedByNpm(args)], {
    stop: 'lifeline',
  });
  if (code === 137 && !isStopping())
    console.error(
      '\nThe server was killed from outside (SIGKILL), most often by the system because memory ran out: free memory (or ' +
        'raise the limit of the container) and start again.\nWhat it was sending at that moment is shown as unknown in the ' +
        'report; nobody is messaged twice.',
    );
  if (code === 1 && performance.now() - startedAt < 10_000 && (await lacksModules()))
    console.error('\nPackages are incomplete: delete the folder node_modules and start again.');
  return code;
});

// The server would refuse the same, minutes later: packages and panel come first. With a DATABASE_URL it alone can tell.
function refuseTokenWithoutOwner() {
  const given = (name) => Boolean(process.env[name]?.trim());
  const isNew = !existsSync(join(resolve(root, process.env.DATA_DIR?.trim() || '.carillon'), 'postgres'));
  if (
    given('API_TOKEN') &&
    isNew &&
    !given('DATABASE_URL') &&
    !(given('OWNER_EMAIL') && given('OWNER_PASSWORD'))
  )
    throw new Failure(
      'API_TOKEN belongs to the first workspace, and there is none yet: set OWNER_EMAIL and OWNER_PASSWORD with it, ' +
        'or start without it, set up the shop, and start again.',
    );
}

/** Whether a start failed because a file of a package is not there (a missing package is installed anew before). */
async function lacksModules() {
  const { output } = await runQuietly(node24, ['--input-type=module', '-e', 'import "./server/app.ts"']);
  return output.includes('ERR_MODULE_NOT_FOUND');
}

// `npm start --empty` (without the "--" before it) gives the option to npm, which passes it on in the environment alone.
function swallowedByNpm(args) {
  const { npm_config_empty: empty, npm_config_held: held, npm_config_role: role } = process.env;
  const email = process.env.npm_config_reset_password;
  const has = (name) => args.some((arg) => arg === name || arg.startsWith(`${name}=`));
  return [
    ...(empty === 'true' && !has('--empty') ? ['--empty'] : []),
    // the one that must not get lost: a restored backup would send
    ...(held === 'true' && !has('--held') ? ['--held'] : []),
    ...(role && !has('--role') ? ['--role', role] : []),
    ...(email?.includes('@') && !has('--reset-password') ? ['--reset-password', email] : []),
  ];
}
