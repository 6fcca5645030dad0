// What a phone number says: whether it can be one, of which country, and the address that it is on WhatsApp. No database here.
// An address there is the digits without the plus (Cloud API, webhooks "wa_id", 2026-11-20), or a business-scoped id of
// people who keep their number to themselves ("BSUID", 2026-11-20).
import parsePhone from 'libphonenumber-js/max';
import { factsOf } from '../../contract/channel-facts.ts';
import { countryIfAssigned } from './import/assigned-numbers.ts';
import { mainCountryOf } from './phone-zone.ts';

export interface PhoneFacts {
  /**
   * "valid": by the numbering plans; "unassigned": it could be one, and no such number is known to be assigned (plans change
   * faster than libraries, so it is tried all the same); "impossible": no number at all; null: there is none.
   */
  phone_check: 'valid' | 'unassigned' | 'impossible' | null;
  /** Two letters; null: of no one country. */
  phone_country: string | null;
}

const impossible: PhoneFacts = { phone_check: 'impossible', phone_country: null };

/** Of a number as it is stored. */
export function phoneFacts(phone: string | null): PhoneFacts {
  if (phone === null) return { phone_check: null, phone_country: null };
  const country = countryIfAssigned(phone);
  if (country) return { phone_check: 'valid', phone_country: country };
  const parsed = /^\+\d{5,15}$/.test(phone) ? parsePhone(phone) : undefined;
  if (!parsed?.isPossible()) return impossible;
  return {
    phone_check: parsed.isValid() ? 'valid' : 'unassigned',
    phone_country: parsed.country ?? mainCountryOf(parsed.countryCallingCode),
  };
}

/** One spelling per number: with a plus, without what people put between the digits, and without what is only dialled at home. */
export function normalPhone(text: string): string {
  const digits = text.replace(/[^+\d]/g, '').replace(/^00/, '+');
  if (countryIfAssigned(digits)) return digits;
  // what WhatsApp calls Mexican mobiles: https://en.wikipedia.org/wiki/Telephone_numbers_in_Mexico, the 1 went in 2019
  const given = digits.replace(/^\+521(?=\d{10}$)/, '+52');
  const parsed = given.startsWith('+') ? parsePhone(given) : undefined;
  return parsed?.isValid() ? parsed.number : given;
}

/** The one form of both spellings of an address in Brazil and Mexico, as whatsapp_number in the database (migration 0062). */
export const whatsAppNumber = (address: string): string =>
  address.replace(/^(55[1-9]\d)9(?=[6-9]\d{7}$)/, '$1').replace(/^521(?=\d{10}$)/, '52');

const scopedId = /^([A-Z]{2})\.(?:ENT\.)?[0-9A-Za-z]{1,128}$/;

/** A business-scoped id: the person keeps their number to themselves. */
export const isScopedId = (address: string): boolean => scopedId.test(address);

/** The phone number behind an address on WhatsApp; null: it has none. */
export const phoneOfAddress = (address: string): string | null =>
  /^\d{5,15}$/.test(address) ? normalPhone(`+${address}`) : null;

/** Two letters; null: nobody can say, or the channel's addresses tell nothing of it. */
export function countryOfAddress(channel: string, address: string): string | null {
  if (!factsOf(channel)?.addressesArePhones) return null;
  return scopedId.exec(address)?.[1] ?? phoneFacts(phoneOfAddress(address)).phone_country;
}
