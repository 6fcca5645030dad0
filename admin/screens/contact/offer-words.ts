// Whether somebody wants offers, and where: consent is given for one channel and stands for no other.
import type { Contact } from '../../../contract/contacts.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

/** "Agreed on WhatsApp"; an opt-out on one channel is said before an opt-in on another. */
export function offerWords(consent: Contact['consent']): string {
  const on = (wanted: 'opted_in' | 'opted_out') =>
    [
      ...new Set(consent.filter(({ state }) => state === wanted).map(({ channel }) => channelWord(channel))),
    ].join(', ');
  const [out, agreed] = [on('opted_out'), on('opted_in')];
  if (out) return `Opted out on ${out}${agreed ? `; agreed on ${agreed}` : ''}`;
  return agreed ? `Agreed on ${agreed}` : 'Not asked';
}
