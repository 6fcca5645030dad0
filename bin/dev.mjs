// npm run dev: the server, started again on every change, and the panel from Vite's development server.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, program, root, serverOptions } from './paths.mjs';

await main(async (args) => {
  await ensureInstalled();
  const programs = [
    run(node24, [...serverOptions, '--watch', '--watch-preserve-output', 'server/main.ts', ...args]),
  ];
  if (existsSync(join(root, 'admin/vite.config.ts'))) {
    programs.push(run(node24, [program.vite, '-c', 'admin/vite.config.ts']));
  }
  // One that ends takes the other with it: a half-running development set-up only confuses.
  const code = await Promise.race(programs);
  process.kill(process.pid, 'SIGTERM');
  await Promise.all(programs);
  return code;
});
