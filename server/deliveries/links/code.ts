// The short code of a tracked link: which link, whose delivery, and a signature over both, so that none can be made up and
// none need be stored. base64url of: link number (varint), delivery id (16 bytes), HMAC-SHA256 cut to 64 bits.
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

const macBytes = 8;
const idBytes = 16;

export interface LinkCode {
  linkNumber: number;
  /** uuid */
  deliveryId: string;
}

/** `key`: the subkey of the installation for links. */
export function linkCode(key: KeyObject, { linkNumber, deliveryId }: LinkCode): string {
  const body = Buffer.concat([varint(linkNumber), Buffer.from(deliveryId.replaceAll('-', ''), 'hex')]);
  return Buffer.concat([body, macOf(key, body)]).toString('base64url');
}

/** Null: not one of ours, or changed on the way. */
export function readLinkCode(key: KeyObject, code: string): LinkCode | null {
  if (!/^[\w-]{34,44}$/.test(code)) return null;
  const bytes = Buffer.from(code, 'base64url');
  const body = bytes.subarray(0, -macBytes);
  if (body.length <= idBytes || !timingSafeEqual(bytes.subarray(-macBytes), macOf(key, body))) return null;
  let linkNumber = 0;
  for (const byte of body.subarray(0, -idBytes).toReversed()) linkNumber = linkNumber * 128 + (byte & 127);
  const hex = body.subarray(-idBytes).toString('hex');
  const deliveryId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const read = { linkNumber, deliveryId };
  // one spelling only
  return linkCode(key, read) === code ? read : null;
}

function macOf(key: KeyObject, body: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, macBytes);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
