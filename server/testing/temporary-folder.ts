// Folders of tests. They go when the process that made them ends; those of a process that was killed go with the next run.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const testPrefix = 'carillon-test-';

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${testPrefix}${process.pid}-`));
  process.once('exit', () => removeFolder(folder));
  return folder;
}

export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** Folders in the temporary one whose name is `prefix`, then the number of a process that is no more. */
export function removeLeftovers(prefix = testPrefix): void {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (pid > 0 && !isAlive(pid)) removeFolder(path.join(os.tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
