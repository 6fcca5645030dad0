// The data folder: made at the start, readable by its owner only.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Throws with a sentence that says what to do. Step by step: Node's own `recursive` never comes back below /proc. */
export function prepareDataFolder(folder: string): void {
  try {
    const missing: string[] = [];
    let there = path.resolve(folder);
    for (; !existsSync(there); there = path.dirname(there)) missing.unshift(there);
    if (!statSync(there).isDirectory()) throw Object.assign(new Error(), { code: `${there} is a file` });
    for (const each of missing) mkdirSync(each, { mode: 0o700 });
    if (missing.length > 0) chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The data folder ${folder} cannot be created or written (${(error as NodeJS.ErrnoException).code}). ` +
        'Set DATA_DIR to a folder that this user may write.',
      { cause: error },
    );
  }
}
