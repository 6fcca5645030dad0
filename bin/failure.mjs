// A failure that the person at the terminal can mend: shown as a plain sentence, without a stack trace.
export class Failure extends Error {}

/** Runs a launcher's main function; its result is the exit code. */
export async function main(run) {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

/** What to do about a failed program, from the words it left behind; empty when they are not known. */
export function adviceFor(output) {
  const causes = [
    [/ENOSPC|no space left/i, 'The disk is full: make room and try again.'],
    [
      /EROFS|read-only file system/i,
      'This folder is read-only: clone Carillon to a folder you may write to.',
    ],
    [
      /EACCES|EPERM|permission denied/i,
      'This folder cannot be written by you: change its owner, or clone again.',
    ],
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
      'The npm registry cannot be reached: check the network (and proxy settings: npm config get proxy), then try again.',
    ],
    [
      /EUSAGE|package-lock\.json/i,
      'package-lock.json is missing or differs from package.json: run "git checkout package-lock.json package.json".',
    ],
    [/EINTEGRITY/i, 'A package arrived damaged: run "npm cache clean --force" and try again.'],
  ];
  return causes.find(([pattern]) => pattern.test(output))?.[1] ?? '';
}
