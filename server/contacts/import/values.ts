// Values as people write them in tables, made one spelling each. Null: it is none of that kind.

import parsePhone, { type CountryCode } from 'libphonenumber-js/max';
import type { DateOrder } from '../../../contract/imports.ts';
import { fitsType } from '../attributes.ts';
import { isSurelyAssigned } from './assigned-numbers.ts';

export const looksLikeEmail = (text: string): boolean => /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]{2,}$/.test(text);
/** With a plus or as people divide numbers; a bare run of digits may be anything. */
export const looksLikePhone = (text: string): boolean =>
  /^(\+|00|\()?\d[\d\s()./-]{6,24}$/.test(text) && /^(\+|00)|[\s()/-]/.test(text) && readDate(text, 'dmy') === null && readDate(text, 'mdy') === null && readDate(text, 'ymd') === null; // biome-ignore format: one list

/** What our own export, and others', put before a value so that no program runs it as a formula. */
export function withoutGuard(text: string): string {
  return text.replaceAll(/(^|[;\t\r\n] *)'(?=[=+\-@＝＋－＠])|^'(?=[\t\r])/g, '$1');
}

export type PhoneReading = { phone: string; doubt: string | null } | { phone: null; reason: string };

/**
 * E.164. Numbers without country code are taken as of `country`. What cannot be a number there is refused; what only does
 * not look assigned is kept, with doubt: numbering plans change faster than libraries.
 */
export function readPhone(given: string, country?: string): PhoneReading {
  if (isSurelyAssigned(given)) return { phone: given, doubt: null };
  const text = withoutGuard(latinDigits(given.trim()))
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/^(tel|whatsapp):/i, '');
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(text))
    return {
      phone: null,
      reason:
        'A spreadsheet shortened this number to powers of ten, so its digits are lost. Format the column as text and enter it again.',
    };
  const digits = text.replaceAll(/\D/g, '');
  if (text.startsWith('+') && isSurelyAssigned(`+${digits}`)) return { phone: `+${digits}`, doubt: null };
  if (digits.length < 5) return { phone: null, reason: 'This is not a phone number.' };
  if (digits.length > 20)
    return { phone: null, reason: 'This is longer than any phone number. Put one number per column.' };
  const isInternational = /^\s*(\+|00)/.test(text);
  const local = parsePhone(
    isInternational ? text.replace(/^\s*00/, '+') : text,
    country as CountryCode | undefined,
  );
  // what is valid is possible as well, and nearly all are
  if (local?.isValid()) return { phone: local.number, doubt: isInternational ? null : otherReading(digits) };
  if (local?.isPossible()) {
    // exports often lose the plus: the digits are a better number with it than without
    const abroad = isInternational ? undefined : parsePhone(`+${digits}`);
    if (abroad?.isValid()) return { phone: abroad.number, doubt: plusAdded };
    return { phone: local.number, doubt: 'No such number is known to be assigned; it is kept as it is.' };
  }
  const abroad = isInternational ? undefined : parsePhone(`+${digits}`);
  if (abroad?.isValid()) return { phone: abroad.number, doubt: country ? plusAdded : null };
  if (!isInternational && !country)
    return {
      phone: null,
      reason: 'The country code is missing. Write it like +44 20 7946 0018, or choose a default country.',
    };
  return {
    phone: null,
    reason: isInternational
      ? 'This number has too few or too many digits for its country. Correct it.'
      : `This is no number of the default country (${country}). Choose the country of the phone numbers, or write it like +44 20 7946 0018.`,
  };
}

/** Numbers of one country are now and then, with a plus, good ones of another: the country that was chosen wins, and it is said. */
function otherReading(digits: string): string | null {
  if (digits.length < 11 || digits.startsWith('0') || !parsePhone(`+${digits}`)?.isValid()) return null;
  return 'With a plus before it this would be a number of another country; it is read as one of the default country.';
}

const latinDigits = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));

const plusAdded = 'It is read as a number with country code whose plus was lost.';

const isYes = new Set('yes y true t 1 x ja j wahr oui o vrai sí si s sim verdadero verdadeiro vero да д истина так tak t evet e doğru igen ano áno da kyllä はい 是 نعم بله 예'.split(' ')); // biome-ignore format: dense
const isNo = new Set('no n false f 0 - nein falsch non faux não nao falso нет н ложь ні nie hayır hayir h nem ne ei いいえ 否 不 لا خیر 아니요'.split(' ')); // biome-ignore format: dense

export function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  return isYes.has(word) ? true : isNo.has(word) ? false : null;
}

/** Thousands may be divided by the other sign, blanks or apostrophes; a currency or percent sign is no number. */
export function readNumber(text: string, decimal: '.' | ','): number | null {
  const plain = text.trim().replace(/^\u2212/, '-');
  const group = decimal === '.' ? ',' : '\\.';
  const point = decimal === '.' ? '\\.' : ',';
  const form = new RegExp(
    `^-?(\\d+|\\d{1,3}(?:(?:${group})\\d{3})+|\\d{1,3}(?:[ \\u00a0\\u202f'’]\\d{3})+)?(?:${point}\\d+)?$`,
  );
  if (!form.test(plain) || !/\d/.test(plain))
    return /^-?\d+(\.\d+)?e[+-]?\d{1,3}$/i.test(plain) ? finite(Number(plain)) : null;
  const digits = plain.replaceAll(new RegExp(`[^\\d${point}-]`, 'g'), '').replace(',', '.');
  return finite(Number(digits));
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);

/** A time behind a day, as people and programs write it. */
const clock =
  ',?[T ] ?(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|GMT|[+-](?:0\\d|1[0-4]):?[0-5]\\d))?';
const yearFirst = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:${clock})?$`);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])\\s?(\\d{1,2})\\2\\s?(\\d{4}|\\d{2})(?:${clock})?$`);

/**
 * What an attribute takes ("2026-11-21", "2026-11-21T09:30:00Z") as it is; any other spelling becomes its day, and a time in it
 * is dropped. Years of two digits are of this century up to 30, else of the last.
 */
export function readDate(given: string, order: DateOrder): string | null {
  const text = given.trim();
  const iso = yearFirst.exec(text);
  const day = iso && dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  if (iso) return day && fitsType(text, 'date') ? text : day;
  const parts = yearLast.exec(text);
  if (!parts || order === 'ymd') return null;
  const [first, second] = [Number(parts[1]), Number(parts[3])];
  const short = Number(parts[4]);
  const year = parts[4]!.length === 4 ? short : short <= 30 ? 2000 + short : 1900 + short;
  return order === 'dmy' ? dateOf(year, second, first) : dateOf(year, first, second);
}

function dateOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}

/** Each once, in order. Our export writes a list whose values hold commas as JSON. */
export function readList(text: string): string[] {
  const json = text.startsWith('["') ? listOfJson(text) : null;
  if (json) return [...new Set(json)];
  return [...new Set(text.split(/[,;|\n]/).map((part) => part.trim()).filter((part) => part !== ''))]; // biome-ignore format: one chain
}

function listOfJson(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
  } catch {
    return null;
  }
}
