// Passwords as argon2id hashes (OWASP 2024: 19 MiB, 2 passes, 1 lane). Two hashes at once: 38 MiB at most however many
// sign in, and two of libuv's four threads stay free for files and name look-ups.
import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { createSlots } from '../platform/slots.ts';
import type { Attempts } from './attempts.ts';

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const slots = createSlots(2, 400);
let decoy: Promise<string> | null = null;

/** Hash for `users.password_hash`. Throws UNAVAILABLE when the line is too long. */
export function hashPassword(password: string): Promise<string> {
  return slots.run(() => hash(spelling(password), cost));
}

/**
 * Whether `password` is the one behind `stored`. `stored` null (no such account) takes the same time and is false.
 * Failures count against `attempts`; throws RATE_LIMITED when they are used up, UNAVAILABLE when the line is too long.
 */
export async function checkPassword(
  attempts: Attempts,
  stored: string | null,
  password: string,
): Promise<boolean> {
  await attempts.check();
  decoy ??= hash('nobody has this password', cost);
  // awaited in both cases, or the very first guess would tell by its time
  const nobody = await decoy;
  return slots.run(async () => {
    // asked again at its turn and counted before the place is free: a burst of guesses cannot pass the limit together
    await attempts.check();
    const isRight = (await verify(stored ?? nobody, spelling(password))) && stored !== null;
    await (isRight ? attempts.succeeded() : attempts.failed());
    return isRight;
  });
}

/** "é" typed on two keyboards may be one code point or two. */
function spelling(password: string): string {
  return password.normalize('NFC');
}

/** Four syllable pairs, easy to type from a screen: 6,400⁴ possibilities, about 50 bits. */
export function readablePassword(): string {
  const syllable = () => 'bdfghjklmnprstvz'[randomInt(16)]! + 'aeiou'[randomInt(5)]!;
  return Array.from({ length: 4 }, () => syllable() + syllable()).join('-');
}
