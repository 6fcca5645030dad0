// Phone numbers as people read them: "+49 1512 3456789". With its own tables, so nothing of the first load may import it.
import parsePhone from 'libphonenumber-js/min';
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';

/** "+4915123456789" in groups. What is no number with a country code stays as it is: it may be typed by hand. */
export function phoneText(phone: string): string {
  if (!/^\+\d{6,15}$/.test(phone)) return phone;
  return parsePhone(phone)?.formatInternational() ?? phone;
}

/** What a channel writes to, in words; of a phone number digits alone. */
export function addressText(channel: Channel | string, address: string): string {
  return factsOf(channel)?.addressesArePhones && /^\d+$/.test(address) ? phoneText(`+${address}`) : address;
}

/** "@ann" where there is one. */
export function identityText(one: {
  channel: Channel | string;
  username: string | null;
  address: string;
}): string {
  return one.username ? `@${one.username}` : addressText(one.channel, one.address);
}
