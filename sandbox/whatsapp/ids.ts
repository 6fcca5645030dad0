// Ids in the shapes that the platform's have.
import { randomBytes, randomInt } from 'node:crypto';

const ROUND = randomBytes(4).toString('hex').toUpperCase();
let serial = 0;

/** `wamid.` + base64 of the phone number and 18 hex digits, as decoded from published examples (2026-11-20). Never the same twice. */
export function makeWamid(phone: string): string {
  serial += 1;
  const tail = ROUND + serial.toString(16).toUpperCase().padStart(10, '0');
  const digits = phone.slice(0, 60);
  const text = `\x1c\x18${String.fromCharCode(digits.length)}${digits}\x15\x02\x00\x11\x18\x12${tail}\x00`;
  return `wamid.${Buffer.from(text, 'latin1').toString('base64')}`;
}

const taken = new Set<string>();

/** Digits only, and not the digits of a phone number. */
export function makeDigits(length = 15): string {
  for (;;) {
    let id = String(randomInt(1, 10));
    while (id.length < length) id += randomInt(0, 10);
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}

const COUNTRIES: Readonly<Record<string, string>> = {
  '1': 'US',
  '7': 'RU',
  '20': 'EG',
  '27': 'ZA',
  '31': 'NL',
  '32': 'BE',
  '33': 'FR',
  '34': 'ES',
  '39': 'IT',
  '41': 'CH',
  '43': 'AT',
  '44': 'GB',
  '48': 'PL',
  '49': 'DE',
  '52': 'MX',
  '54': 'AR',
  '55': 'BR',
  '57': 'CO',
  '62': 'ID',
  '65': 'SG',
  '81': 'JP',
  '82': 'KR',
  '90': 'TR',
  '91': 'IN',
  '92': 'PK',
  '234': 'NG',
  '254': 'KE',
  '351': 'PT',
  '353': 'IE',
  '380': 'UA',
  '966': 'SA',
  '971': 'AE',
  '972': 'IL',
};

/** "1", "49", "380" … */
export function callingCodeOf(digits: string): string {
  for (const length of [3, 2, 1]) {
    const code = digits.slice(0, length);
    if (COUNTRIES[code] !== undefined) return code;
  }
  return digits.slice(0, 1);
}

export function countryOf(waId: string): string {
  for (const length of [3, 2, 1]) {
    const country = COUNTRIES[waId.slice(0, length)];
    if (country !== undefined) return country;
  }
  return 'ZZ';
}

const FACTOR = 9973n;
const OFFSET = 13_491_208_655_302n;

/** A business-scoped user id that can be turned back (Cloud API, business-scoped user ids, 2026-11-20: `US.` + alphanumerics). */
export function derivedUserId(waId: string): string {
  return `${countryOf(waId)}.${BigInt(waId) * FACTOR + OFFSET}`;
}

export function phoneOfDerived(userId: string): string | undefined {
  const digits = userId.slice(3);
  if (!/^\d{14,40}$/.test(digits)) return undefined;
  const shifted = BigInt(digits) - OFFSET;
  return shifted > 0n && shifted % FACTOR === 0n ? String(shifted / FACTOR) : undefined;
}

export const BSUID = /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/;
