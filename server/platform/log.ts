// Structured logs that cannot leak: everything that is logged, and every binding of a child logger, goes through redact.ts.
import type { IncomingMessage } from 'node:http';
import { type Logger, pino } from 'pino';
import { redacted, withoutPersons } from './redact.ts';

export { withoutSecrets } from './redact.ts';
export type Log = Logger;

/** Fastify hands whole requests and replies over: of these only the line that says which. */
function summarized(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  const { req, res, ...rest } = value as { req?: IncomingMessage; res?: { statusCode?: number } };
  return {
    ...rest,
    ...(req ? { req: { method: req.method, url: withoutPersons(req.url ?? '') } } : {}),
    ...(res ? { res: { status: res.statusCode } } : {}),
  };
}

export function createLog(level: string, destination?: NodeJS.WritableStream): Log {
  const log = pino(
    {
      level,
      base: undefined,
      // ours have done their work by then; pino's own would look at errors and requests again
      serializers: { err: (error) => error, error: (error) => error },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[];
          const head = first instanceof Error ? { err: first } : first;
          const [what, ...words] = [summarized(head), ...rest].map(redacted);
          // else pino takes the words from the error as it was
          const message =
            words.length === 0 && first instanceof Error ? [withoutPersons(first.message)] : words;
          method.apply(this, [what, ...message] as Parameters<typeof method>);
        },
      },
    },
    destination as never,
  );
  // children inherit it; pino has no hook for what is bound to them
  const { child } = log;
  log.child = function (this: Log, bindings: object, ...options: never[]) {
    return child.call(this, redacted(bindings) as object, ...options);
  } as typeof child;
  return log;
}
