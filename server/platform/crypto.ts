// Secrets at rest (AES-256-GCM) and the hashes of tokens. Envelope: version byte, 12-byte nonce, 16-byte tag, ciphertext.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SecretBox {
  /** `place` names table, row and column: a sealed value copied to another place does not open there. */
  seal(plain: string, place: string): Buffer;
  /** Throws when the key or the place is another, or a bit was changed. */
  open(sealed: Buffer, place: string): string;
  /** 32 bytes for one purpose, always the same for the same key; they tell nothing of it. */
  subkey(purpose: string): Buffer;
}

export function secretBox(keyHex: string): SecretBox {
  const key = Buffer.from(keyHex, 'hex');
  return {
    subkey: (purpose) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32)),
    seal(plain, place) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      if (sealed[0] !== 1) throw new Error('The stored secret has an unknown format.');
      try {
        // the length is named, else a cut-off tag of 4 bytes would do
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13), { authTagLength: 16 })
          .setAAD(Buffer.from(place))
          .setAuthTag(sealed.subarray(13, 29));
        return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Error('A stored secret does not open: ENCRYPTION_KEY is not the one it was sealed with.', {
          cause,
        });
      }
    },
  };
}

/** The key from the environment, or the one in the data folder, made there once with mode 0600. */
export function loadEncryptionKey(fromEnvironment: string | null, dataDir: string): string {
  if (fromEnvironment) return fromEnvironment;
  const file = path.join(dataDir, 'encryption.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    // written beside and linked: of two nodes starting at once on one folder one wins, and nobody reads half a key
    const part = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeFileSync(part, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    try {
      linkSync(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(part);
    }
  }
  chmodSync(file, 0o600);
  const key = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(key))
    throw new Error(`${file} does not hold a key of 64 hex characters. Restore it from a backup.`);
  return key;
}

/** 32 random bytes as URL-safe text: session cookies, API tokens, webhook secrets. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are random, so a plain SHA-256 is enough to store them; passwords go through argon2 (workspaces/password.ts). */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(tokenHash(a), tokenHash(b));
}
