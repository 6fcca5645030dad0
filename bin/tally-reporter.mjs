// A Vitest reporter (on Node 24, inside Vitest) that writes the counts to $CARILLON_TALLY for bin/test.mjs to print last.
// It is also the lifeline of a test run: when the launcher is gone, Vitest is told to end.
import { writeFileSync } from 'node:fs';

export default class TallyReporter {
  onInit() {
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel?.unref(); // listening to it must not keep Vitest alive
  }

  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        tally[state === 'pending' ? 'skipped' : state] += 1;
      }
      // A file that cannot be loaded and a hook that throws fail a run without failing a test.
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
    }
    writeFileSync(process.env.CARILLON_TALLY, JSON.stringify(tally));
  }
}
