// The bytes of a webhook and their signature (Cloud API, webhooks, 2026-11-20): serialised once, signed and sent as they are.
import { createHmac } from 'node:crypto';

/**
 * Non-ASCII as `\uXXXX` in lower case, pairs of surrogates as two escapes: so the fixtures of the whaloc emulator have it, captured by
 * its authors from production (v25.0, 2026), and so integrators report it. Nothing here was captured by us.
 */
export function serialise(value: unknown): Buffer {
  const text = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(text, 'latin1');
}

/** `X-Hub-Signature-256`, and the older SHA-1 beside it. */
export function signatureHeaders(body: Buffer, appSecret: string): Record<string, string> {
  const sign = (hash: string) => createHmac(hash, appSecret).update(body).digest('hex');
  return { 'X-Hub-Signature-256': `sha256=${sign('sha256')}`, 'X-Hub-Signature': `sha1=${sign('sha1')}` };
}
