// Ids on the wire: a noun's prefix, an underscore and 26 characters of Crockford base32 that carry a UUID (the TypeID
// form). In the database the same id is a plain uuid. Both directions live here so that no route invents its own.
import { z } from 'zod';

/** Prefix → noun. The prefix is public and fixed. */
export const idPrefixes = {
  wsp: 'workspace',
  usr: 'user',
  ses: 'session',
  inv: 'invitation',
  tok: 'API token',
  aud: 'audit event',
  viw: 'view',
  med: 'media',
  con: 'connection',
  cnt: 'contact',
  mrg: 'merge',
  idn: 'identity',
  nte: 'note',
  seg: 'segment',
  imp: 'import',
  blk: 'bulk action',
  exp: 'export',
  evt: 'event',
  ord: 'order',
  crt: 'cart',
  shc: 'shop connector',
  prd: 'product',
  grp: 'group',
  tpl: 'template',
  wat: 'WhatsApp template',
  cmp: 'campaign',
  cbk: 'bulk action on campaigns',
  run: 'run',
  dlv: 'delivery',
  stl: 'settlement',
  lnk: 'link',
  cnv: 'conversation',
  msg: 'message',
  nod: 'node',
} as const;
export type IdPrefix = keyof typeof idPrefixes;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const values = new Map([...alphabet].map((char, index) => [char, index] as const));

/** uuid (with dashes) → "cmp_01h…". */
export function toWireId(prefix: IdPrefix, uuid: string): string {
  let number = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(number & 31n)] + text;
    number >>= 5n;
  }
  return `${prefix}_${text}`;
}

/** "cmp_01h…" → uuid, or null where the text is no id of that noun. */
export function fromWireId(prefix: IdPrefix, wireId: string): string | null {
  if (!wireId.startsWith(`${prefix}_`) || wireId.length !== prefix.length + 27) return null;
  let number = 0n;
  for (const char of wireId.slice(prefix.length + 1)) {
    const value = values.get(char);
    if (value === undefined) return null;
    number = (number << 5n) | BigInt(value);
  }
  if (number >> 128n) return null;
  const hex = number.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Schema of a wire id of one noun; stays a wire id (the server decodes with `fromWireId` at the edge of its SQL). */
export function wireId(prefix: IdPrefix) {
  return z
    .string()
    .refine((text) => fromWireId(prefix, text) !== null, {
      error: `This is not the id of a ${idPrefixes[prefix]}: it begins with "${prefix}_" and has 26 more characters.`,
    })
    .meta({ description: `Id of a ${idPrefixes[prefix]}`, example: `${prefix}_01jd3v7k2nexampleid0000000` });
}
