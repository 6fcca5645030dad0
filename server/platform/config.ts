// The one reader of the environment. Every variable is documented in .env.sample; a test compares the two.
import path from 'node:path';
import { z } from 'zod';

const onOff = z.enum(['on', 'off'], 'takes "on" or "off"');
const words = <const W extends readonly [string, ...string[]]>(...choices: W) =>
  z.enum(choices, `takes one of ${choices.join(', ')}`);
/** Blank is the same as not set: that is how .env files and compose files leave a variable out. */
const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() || undefined : value);
const given = <T extends z.ZodType>(schema: T) => z.preprocess(trimmed, schema);
const optional = <T extends z.ZodType>(schema: T) => given(schema.optional());
const webAddress = z.url({
  protocol: /^https?$/,
  error: 'takes an address that begins with http:// or https://',
});

/** Which parts of the product a process runs. */
export const roles = ['all', 'web', 'worker'] as const;
export const isRole = (text: string): text is Config['role'] => roles.some((role) => role === text);

export const environment = z.object({
  PORT: given(
    z
      .string()
      .regex(/^\d{1,5}$/, 'takes a number from 0 to 65535')
      .default('3000')
      .transform(Number)
      .pipe(z.number().max(65_535, 'takes a number from 0 to 65535')),
  ),
  HOST: given(z.string().default('127.0.0.1')),
  PUBLIC_URL: optional(
    webAddress.refine((text) => /^https?:\/\/[^/?#@]+\/*$/i.test(text), {
      error: 'takes scheme and host only, like https://carillon.example.com',
    }),
  ),
  DATA_DIR: given(z.string().default('.carillon')),
  DATABASE_URL: optional(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'takes an address like postgres://user:password@host:5432/database',
    }),
  ),
  OWNER_EMAIL: optional(z.email('takes an email address').max(254, 'takes an email address')),
  // as it is: blanks around a password belong to it
  OWNER_PASSWORD: z.preprocess(
    (value) => (trimmed(value) === undefined ? undefined : value),
    z.string().min(10, 'takes at least 10 characters').max(200, 'takes at most 200 characters').optional(),
  ),
  API_TOKEN: optional(z.string().regex(/^[\x21-\x7e]{20,500}$/, 'takes 20 to 500 characters without blanks')),
  SANDBOX: given(onOff.default('on')),
  DEMO_LIFE: given(onOff.default('on')),
  TELEGRAM_API_ROOT: given(webAddress.default('https://api.telegram.org')),
  WHATSAPP_API_ROOT: given(webAddress.default('https://graph.facebook.com')),
  WHATSAPP_API_VERSION: given(
    z
      .string()
      .regex(/^v\d{1,3}\.\d{1,2}$/, 'takes a version of the Graph API like v25.0')
      .default('v25.0'),
  ),
  ROLE: given(words(...roles).default('all')),
  ENCRYPTION_KEY: optional(
    z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'takes 64 hex characters (32 bytes): make one with "openssl rand -hex 32"'),
  ),
  LOG_LEVEL: given(words('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info')),
  TRUST_PROXY: given(onOff.default('off')),
});

export interface Config {
  port: number;
  host: string;
  /** Where the world reaches us, without a trailing slash; null while nobody has said so. */
  publicUrl: string | null;
  dataDir: string;
  databaseUrl: string | null;
  owner: { email: string; password: string } | null;
  apiToken: string | null;
  sandboxOn: boolean;
  /** Whether the demo's first start lets its shop live. */
  demoLife: boolean;
  telegramApiRoot: string;
  whatsappApiRoot: string;
  /** "v25.0"; the Graph API drops old ones, so it is never written into the code. */
  whatsappApiVersion: string;
  /** Origin of the running sandbox; set by main.ts once it listens, null while there is none. */
  sandboxUrl: string | null;
  /** Where this node listens, for simulated phones; set by node.ts, null in workers. */
  ownUrl: string | null;
  role: (typeof roles)[number];
  encryptionKey: string | null;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  trustProxy: boolean;
}

/** Reads and checks the environment. Throws an Error whose message names every wrong variable and what it takes, not its value. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  const wrong = [
    ...(parsed.error?.issues ?? []).map((issue) => {
      const name = issue.path.join('.');
      return `${name} ${issue.message}; ${kindOf(name, env[name] ?? '')}.`;
    }),
    ...wrongPairs(env),
  ];
  if (!parsed.success || wrong.length > 0)
    throw new Error(`The environment has wrong values (see .env.sample):\n  ${wrong.join('\n  ')}`);
  const e = parsed.data;
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataDir: path.resolve(e.DATA_DIR),
    databaseUrl: e.DATABASE_URL ?? null,
    owner:
      e.OWNER_EMAIL && e.OWNER_PASSWORD
        ? { email: e.OWNER_EMAIL.toLowerCase(), password: e.OWNER_PASSWORD }
        : null,
    apiToken: e.API_TOKEN ?? null,
    sandboxOn: e.SANDBOX === 'on',
    demoLife: e.DEMO_LIFE === 'on',
    telegramApiRoot: e.TELEGRAM_API_ROOT.replace(/\/+$/, ''),
    whatsappApiRoot: e.WHATSAPP_API_ROOT.replace(/\/+$/, ''),
    whatsappApiVersion: e.WHATSAPP_API_VERSION,
    sandboxUrl: null,
    ownUrl: null,
    role: e.ROLE,
    encryptionKey: e.ENCRYPTION_KEY ?? null,
    logLevel: e.LOG_LEVEL,
    trustProxy: e.TRUST_PROXY === 'on',
  };
}

const secrets = ['DATABASE_URL', 'OWNER_PASSWORD', 'API_TOKEN', 'ENCRYPTION_KEY'];

/** What kind of thing stands there instead: enough to find the mistake, never the value. */
function kindOf(name: string, value: string): string {
  const text = value.trim();
  if (secrets.includes(name))
    return `it has ${value.length} characters${/\s/.test(text) ? ' with blanks' : ''} now`;
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return 'it is another number now';
  if (text.includes('://')) return 'it is another address now';
  return 'it is some other text now';
}

/** What each variable cannot know alone. */
function wrongPairs(env: Record<string, string | undefined>): string[] {
  const isSet = (name: string) => trimmed(env[name]) !== undefined;
  const lines: string[] = [];
  if (isSet('OWNER_EMAIL') !== isSet('OWNER_PASSWORD'))
    lines.push('OWNER_EMAIL and OWNER_PASSWORD go together: set both or neither.');
  return lines;
}
