// What must never stand in a log, taken out by key at any depth and by shape inside any text: tokens, passwords, phone
// numbers, email addresses, names, message texts, passwords in connection strings, bot tokens in URLs.

/** Compared without case, "_" and "-", so that "webhook_secret", "webhookSecret" and "Webhook-Secret" are one. */
const secretKeys = new Set(
  [
    'token', 'secret', 'password', 'passphrase', 'credentials', 'authorization', 'cookie', 'set-cookie', 'api_key',
    'access_token', 'accept_url', 'app_secret', 'identity_secret', 'secret_token', 'verify_token', 'webhook_secret',
    'token_hash', 'password_hash', 'current_password', 'new_password', 'owner_password', 'api_token', 'encryption_key',
    'x-telegram-bot-api-secret-token', 'idempotency-key', 'phone', 'phone_number', 'email', 'owner_email', 'address',
    'first_name', 'last_name', 'contact_name', 'text', 'caption', 'markup', 'plain', 'spans', 'attributes', 'raw',
  ].map(plainKey),
); // biome-ignore format: one list

const hidden = '…';
const maxDepth = 8;
const maxEntries = 100;

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Credentials that show by their shape: "/bot123:SECRET/sendMessage" → "/bot123:…/sendMessage". Fit for words to people. */
export function withoutSecrets(text: string): string {
  return (
    text
      .replaceAll(/(bot\d+(?::|%3A))[\w-]+/gi, `$1${hidden}`)
      .replaceAll(/\b(\d{5,}(?::|%3A))[\w-]{20,}/gi, `$1${hidden}`)
      .replaceAll(/\bcar_[\w-]{20,}/g, `car_${hidden}`)
      .replaceAll(/\b(Bearer|Basic) +[\w.~+/-]{8,}=*/gi, `$1 ${hidden}`)
      // to the last "@" of the word: a password may hold one itself
      .replaceAll(/(:\/\/[^:@/\s"'<>]*:)[^\s"'<>]*@/g, `$1${hidden}@`)
      .replaceAll(new RegExp(`(${secretWord}=["']?)[^\\s"'&,;]+`, 'gi'), `$1${hidden}`)
      .replaceAll(new RegExp(`(${secretWord}\\\\?["']\\s*:\\s*\\\\?["'])[^"'\\\\]+`, 'gi'), `$1${hidden}`)
  );
}
const secretWord = '(?:password|passwd|pwd|secret|token|api_?key|carillon_session)';

/** The same for logs, where nobody's email address or telephone number may stand either. */
export function withoutPersons(text: string): string {
  return withoutSecrets(text)
    .replaceAll(/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, `${hidden}@${hidden}`)
    .replaceAll(/(?<![\w.])\+\d[\d ()/-]{5,20}\d/g, `+${hidden}`);
}

/** A copy of anything that may be logged, without secrets. Knows cycles; deep or long values are cut off. */
export function redacted(value: unknown): unknown {
  return copy(value, new Set(), 0);
}

function copy(value: unknown, above: Set<object>, depth: number): unknown {
  if (typeof value === 'string') return withoutPersons(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  if (above.has(value)) return '(circular)';
  if (depth >= maxDepth) return '(too deep)';
  const inside = new Set(above).add(value);
  const next = (inner: unknown) => copy(inner, inside, depth + 1);
  if (value instanceof Error) return errorCopy(value, next);
  if (value instanceof URL) return withoutPersons(value.href);
  if (Array.isArray(value) || value instanceof Set) return [...value].slice(0, maxEntries).map(next);
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, maxEntries)
      .map(([key, inner]) => [
        withoutPersons(String(key)),
        secretKeys.has(plainKey(String(key))) && inner !== null && inner !== undefined ? hidden : next(inner),
      ]),
  );
}

/** Name, code, message, stack and causes; other properties of an error (a driver's detail, a response) hold data. */
function errorCopy(error: Error & { code?: unknown }, next: (inner: unknown) => unknown): unknown {
  const { name, code, message, stack, cause } = error;
  const several = error instanceof AggregateError ? error.errors.slice(0, 5) : undefined;
  return {
    type: name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: withoutPersons(String(message)),
    stack: typeof stack === 'string' ? withoutPersons(stack) : undefined,
    ...(cause === undefined ? {} : { cause: next(cause) }),
    ...(several ? { errors: several.map(next) } : {}),
  };
}
