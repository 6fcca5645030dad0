// A webhook has no signature; the secret given to setWebhook comes back in a header (Bot API 10.1, setWebhook, 2026-06-11).
import type { IncomingHttpHeaders } from 'node:http';
import { sameText } from '../../platform/crypto.ts';

export function verifySecret(headers: IncomingHttpHeaders, secret: string): boolean {
  const given = headers['x-telegram-bot-api-secret-token'];
  return typeof given === 'string' && sameText(given, secret);
}
