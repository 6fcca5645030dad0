// The vectors were computed with openssl, not with our code (Graph API, webhooks, 2026-11-20).
import { verifySignature as theirs } from '@kapso/whatsapp-cloud-api/server';
import { expect, test } from 'vitest';
import { handshake, verifySignature } from './signature.ts';

const secrets = {
  secret: 'x',
  credentials: { app_secret: 'test-app-secret', verify_token: 'my-verify-token' },
};

test.each([
  [
    '{"object":"whatsapp_business_account"}',
    'b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e',
  ],
  [
    String.raw`{"t":"h\u00e9llo \ud83d\ude00"}`,
    '8220ca547d2a8abc9ba7a44197ffd3ec18331a373c3d05aa881ff3939593c1ef',
  ],
])('the signature is over the bytes as they came: %s', (text, digest) => {
  const body = Buffer.from(text);
  const headers = { 'x-hub-signature-256': `sha256=${digest}` };
  expect(verifySignature(headers, body, secrets)).toBe(true);
  const foreign = { appSecret: 'test-app-secret', rawBody: text, signatureHeader: `sha256=${digest}` };
  expect(theirs(foreign)).toBe(true);
  expect(verifySignature(headers, Buffer.from(`${text} `), secrets)).toBe(false);
  expect(verifySignature({ 'x-hub-signature-256': digest }, body, secrets)).toBe(false);
  expect(verifySignature({}, body, secrets)).toBe(false);
  expect(verifySignature(headers, body, { ...secrets, credentials: {} })).toBe(false);
});

test('the handshake gives the challenge back to who knows the verify token', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '115', 'hub.verify_token': 'my-verify-token' };
  expect(handshake(query, secrets)).toBe('115');
  expect(handshake({ ...query, 'hub.verify_token': 'other' }, secrets)).toBeNull();
  expect(handshake({ ...query, 'hub.mode': 'other' }, secrets)).toBeNull();
  expect(handshake({}, secrets)).toBeNull();
  expect(handshake(query, { secret: 'my-verify-token', credentials: {} })).toBeNull();
});
