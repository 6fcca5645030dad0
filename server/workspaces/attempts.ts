// How often somebody may guess a password: per account and per network, counted in PostgreSQL so that all nodes share it.
// Only failures count. Keys are hashes: the table does not tell who tried to sign in.
import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { CompiledQuery } from 'kysely';
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import type { BaseCtx } from '../platform/context.ts';
import type { Db } from '../platform/db/db.ts';
import { AppError } from '../platform/errors.ts';

/** `perEmail` counts per email and network together: a stranger who guesses elsewhere must not lock the owner out. */
export const attemptLimits = {
  perEmail: 10,
  perEmailEverywhere: 200,
  perNetwork: 100,
  windowSeconds: 15 * 60,
} as const;

export interface Attempts {
  /** Throws RATE_LIMITED while the account or the network has used up its failures. */
  check(): Promise<void>;
  failed(): Promise<void>;
  /** The right password: earlier typing errors of this account are forgotten. */
  succeeded(): Promise<void>;
}

/** Guesses for one account (its email) from one address. */
export function passwordAttempts(base: BaseCtx, email: string, ip: string | null): Attempts {
  const account = limiter(base.db, 'password-email', attemptLimits.perEmail);
  const network = limiter(base.db, 'password-network', attemptLimits.perNetwork);
  const everywhere = limiter(base.db, 'password-everywhere', attemptLimits.perEmailEverywhere);
  const from = networkOf(ip ?? '');
  const emailKey = keyOf(`${email} ${from}`);
  const networkKey = keyOf(from);
  const everywhereKey = keyOf(email);
  return {
    async check() {
      const states = await Promise.all([
        account.get(emailKey),
        network.get(networkKey),
        everywhere.get(everywhereKey),
      ]);
      const [ofEmail, ofNetwork, ofAll] = states;
      if (isUsedUp(ofEmail, attemptLimits.perEmail)) throw tooMany(ofEmail);
      if (isUsedUp(ofNetwork, attemptLimits.perNetwork)) throw tooMany(ofNetwork);
      if (isUsedUp(ofAll, attemptLimits.perEmailEverywhere)) throw tooMany(ofAll);
    },
    async failed() {
      await Promise.all([
        account.penalty(emailKey),
        network.penalty(networkKey),
        everywhere.penalty(everywhereKey),
      ]);
    },
    async succeeded() {
      await account.delete(emailKey);
    },
  };
}

/** Removes counters whose window is over; part of the hourly sweep. */
export async function forgetOldAttempts(base: BaseCtx): Promise<void> {
  await base.db.deleteFrom('rate_limits').where('expire', '<', Date.now()).execute();
}

function limiter(db: Db, keyPrefix: string, points: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    // the library wants a pg client; all it calls is query(), which Kysely's connection can do as well
    storeClient: {
      async query({ text, values }: { text: string; values: unknown[] }) {
        const result = await db.executeQuery(CompiledQuery.raw(text, values));
        return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? result.rows.length) };
      },
    },
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix,
    points,
    duration: attemptLimits.windowSeconds,
  });
}

function isUsedUp(state: RateLimiterRes | null, points: number): state is RateLimiterRes {
  return state !== null && state.consumedPoints >= points;
}

function tooMany(state: RateLimiterRes): AppError {
  const minutes = Math.max(1, Math.ceil(state.msBeforeNext / 60_000));
  return new AppError(
    'RATE_LIMITED',
    `Too many wrong passwords. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    { retryAfterMs: Math.max(1000, state.msBeforeNext) },
  );
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** An IPv6 customer owns a whole /64, so the address alone would be no limit. */
function networkOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return (address as ipaddr.IPv6).parts.slice(0, 4).join(':');
}
