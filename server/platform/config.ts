// The one reader of the environment. Every variable is documented in .env.sample; a test compares the two.
import path from 'node:path';
import { z } from 'zod';

const onOff = z.enum(['on', 'off']);
const blankAsAbsent = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankAsAbsent, schema.optional());

export const environment = z.object({
  PORT: z.preprocess(blankAsAbsent, z.coerce.number().int().min(0).max(65_535).default(3000)),
  HOST: z.preprocess(blankAsAbsent, z.string().default('127.0.0.1')),
  PUBLIC_URL: optional(z.url({ protocol: /^https?$/ })),
  DATA_DIR: z.preprocess(blankAsAbsent, z.string().default('.carillon')),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  OWNER_EMAIL: optional(z.email()),
  OWNER_PASSWORD: optional(z.string().min(10)),
  API_TOKEN: optional(z.string().min(20)),
  SANDBOX: z.preprocess(blankAsAbsent, onOff.default('on')),
  TELEGRAM_API_ROOT: z.preprocess(
    blankAsAbsent,
    z.url({ protocol: /^https?$/ }).default('https://api.telegram.org'),
  ),
  ROLE: z.preprocess(blankAsAbsent, z.enum(['all', 'web', 'worker']).default('all')),
  ENCRYPTION_KEY: optional(z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex characters (32 bytes)')),
  LOG_LEVEL: z.preprocess(
    blankAsAbsent,
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ),
  TRUST_PROXY: z.preprocess(blankAsAbsent, onOff.default('off')),
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
  telegramApiRoot: string;
  /** Origin of the running sandbox; set by main.ts once it listens, null while there is none. */
  sandboxUrl: string | null;
  role: 'all' | 'web' | 'worker';
  encryptionKey: string | null;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  trustProxy: boolean;
}

/** Reads and checks the environment. Throws an Error whose message names each wrong variable and what it takes. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment has wrong values (see .env.sample):\n${lines.join('\n')}`);
  }
  const e = parsed.data;
  if ((e.OWNER_EMAIL === undefined) !== (e.OWNER_PASSWORD === undefined))
    throw new Error('OWNER_EMAIL and OWNER_PASSWORD go together: set both or neither.');
  if (e.API_TOKEN !== undefined && e.OWNER_EMAIL === undefined)
    throw new Error('API_TOKEN belongs to the first workspace: set OWNER_EMAIL and OWNER_PASSWORD with it.');
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
    telegramApiRoot: e.TELEGRAM_API_ROOT.replace(/\/+$/, ''),
    sandboxUrl: null,
    role: e.ROLE,
    encryptionKey: e.ENCRYPTION_KEY ?? null,
    logLevel: e.LOG_LEVEL,
    trustProxy: e.TRUST_PROXY === 'on',
  };
}
