// Whether a webhook is Meta's own: signed with the app secret over the very bytes that were sent, so it is judged before anything
// is parsed. The handshake proves that the address is ours. Facts: Graph API, webhooks, getting started, read 2026-11-20.
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sameText } from '../../platform/crypto.ts';
import type { WebhookSecrets } from '../channel.ts';

/** Whether there is something to compare at all: "sha256=" and 64 hex digits. */
export function hasSignature(headers: IncomingHttpHeaders): boolean {
  const given = headers['x-hub-signature-256'];
  return typeof given === 'string' && /^sha256=[0-9a-f]{64}$/.test(given);
}

export function verifySignature(
  headers: IncomingHttpHeaders,
  rawBody: Buffer,
  { credentials }: WebhookSecrets,
): boolean {
  const given = headers['x-hub-signature-256'];
  if (typeof given !== 'string' || !credentials.app_secret) return false;
  const expected = createHmac('sha256', credentials.app_secret).update(rawBody).digest('hex');
  return sameText(given, `sha256=${expected}`);
}

/** The challenge to be answered as it stands; null: another's question. */
export function handshake(query: Record<string, string>, { credentials }: WebhookSecrets): string | null {
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = query;
  if (mode !== 'subscribe' || !token || !challenge || !credentials.verify_token) return null;
  return sameText(token, credentials.verify_token) ? challenge : null;
}
