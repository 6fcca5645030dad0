// Many small questions as few large ones: while one statement is under way, the questions that come meanwhile are
// gathered for the next. With one asker nothing waits; with a thousand, PostgreSQL sees one statement instead of a thousand.
import { wasUndone } from './db/storable.ts';

/** `answerAll` as one statement: when PostgreSQL refuses it, its questions are asked again in halves (settleInHalves). */
export function gather<Q, A>(
  answerAll: (questions: Q[]) => Promise<A[]>,
  atMost: number,
  restMs = 0,
): (question: Q) => Promise<A> {
  return gatherSettled((questions) => settleInHalves(questions, answerAll), atMost, restMs);
}

/**
 * `answerAll` gets the gathered questions (at most `atMost`) and returns one answer or error for each, in their order. When
 * it throws, every asker of that batch gets the error. `restMs`: after a batch the next waits so long, so that it grows; the
 * first question after a silence never waits.
 */
export function gatherSettled<Q, A>(
  answerAll: (questions: Q[]) => Promise<PromiseSettledResult<A>[]>,
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
        for (const [index, entry] of batch.entries()) {
          const answer = answers[index] as PromiseSettledResult<A>;
          if (answer.status === 'fulfilled') entry.resolve(answer.value);
          else entry.reject(answer.reason);
        }
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

/**
 * One question that PostgreSQL refuses (a deadlock with somebody else, a value it cannot take) must not cost the others their
 * answers: the questions are halved until it stands alone. Only where nothing of the failed statement can stand; when the
 * connection broke nobody knows, and every asker gets the error.
 */
export async function settleInHalves<Q, A>(
  questions: Q[],
  answerAll: (questions: Q[]) => Promise<A[]>,
): Promise<PromiseSettledResult<A>[]> {
  try {
    const answers = await answerAll(questions);
    return answers.map((value) => ({ status: 'fulfilled', value }));
  } catch (reason) {
    if (questions.length === 1 || !wasUndone(reason))
      return questions.map(() => ({ status: 'rejected', reason }));
    const half = Math.ceil(questions.length / 2);
    return [
      ...(await settleInHalves(questions.slice(0, half), answerAll)),
      ...(await settleInHalves(questions.slice(half), answerAll)),
    ];
  }
}
