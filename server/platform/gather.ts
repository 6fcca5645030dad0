// Many small questions as few large ones: while one statement is under way, the questions that come meanwhile are
// gathered for the next. With one asker nothing waits; with a thousand, PostgreSQL sees one statement instead of a thousand.

/**
 * `answerAll` gets the gathered questions (at most `atMost`) and returns one answer for each, in their order. When it
 * throws, every asker of that batch gets the error. `restMs`: after a batch the next waits so long, so that it grows; the
 * first question after a silence never waits.
 */
export function gather<Q, A>(
  answerAll: (questions: Q[]) => Promise<A[]>,
  atMost: number,
  restMs = 0,
): (question: Q) => Promise<A> {
  let waiting: { question: Q; resolve: (answer: A) => void; reject: (error: unknown) => void }[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // one turn of the event loop: whoever asks in the same moment is in the same statement
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, atMost);
      waiting = waiting.slice(atMost);
      try {
        const answers = await answerAll(batch.map((entry) => entry.question));
        for (const [index, entry] of batch.entries()) entry.resolve(answers[index] as A);
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    running = false;
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (!running) void run();
    });
}
