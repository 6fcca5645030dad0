// Structured logs that cannot leak: secrets and personal data are redacted by key, Telegram tokens also inside URLs.
import { type Logger, pino } from 'pino';

export type Log = Logger;

const secretKeys = [
  'token', 'password', 'password_hash', 'current_password', 'new_password', 'credentials', 'access_token', 'app_secret',
  'authorization', 'cookie', 'secret', 'secret_token', 'webhook_secret', 'phone', 'address', 'email', 'text', 'caption',
]; // biome-ignore format: one list
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]);

/** "/bot123:SECRET/sendMessage" → "/bot123:…/sendMessage", and passwords in connection strings. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(bot\d+:)[A-Za-z0-9_-]+/g, '$1…')
    .replaceAll(/\b(\d{5,}:)[A-Za-z0-9_-]{20,}/g, '$1…')
    .replaceAll(/(:\/\/[^:@/\s]+:)[^@/\s]+@/g, '$1…@')
    .replaceAll(/([?&]token=)[^&\s]+/g, '$1…');
}

function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, code } = error as Error & { code?: string };
  return {
    type: name,
    code,
    message: withoutSecrets(error.message),
    stack: error.stack ? withoutSecrets(error.stack) : undefined,
    cause: error.cause ? plainError(error.cause) : undefined,
  };
}

export function createLog(level: string, destination?: NodeJS.WritableStream): Log {
  return pino(
    {
      level,
      base: undefined,
      redact: { paths, censor: '…' },
      serializers: {
        err: plainError,
        error: plainError,
        req: (req: { method: string; url: string }) => ({ method: req.method, url: withoutSecrets(req.url) }),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg) => (typeof arg === 'string' ? withoutSecrets(arg) : arg)) as typeof args,
          );
        },
      },
    },
    destination as never,
  );
}
