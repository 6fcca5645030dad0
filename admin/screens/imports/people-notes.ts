// What is to be known of the people of the first rows before they are written: who cannot be messaged, and whom another
// import would not find again.
import type { PreviewRow } from '../../../contract/imports.ts';
import { counted } from '../../ui/numbers.ts';

/** Sentences; none: nothing to say. */
export function peopleNotes(rows: PreviewRow[]): string[] {
  const people = rows.flatMap(({ outcome, contact }) => (contact ? [{ outcome, ...contact }] : []));
  const of = (some: number) =>
    `${some === people.length ? 'All' : some} of the first ${counted(people.length, 'row', 'rows')}`;
  const unreached = people.filter(({ reachable }) => !reachable).length;
  const imported = people.filter(({ outcome, addresses }) => outcome === 'created' && addresses > 0).length;
  const strangers = people.filter(
    ({ outcome, external_id, email, addresses }) =>
      outcome === 'created' && !external_id && !email && addresses === 0,
  ).length;
  return [
    ...(unreached > 0
      ? [
          `${of(unreached)}: no message reaches these people. They have no open chat with any of your connections, and can be messaged once they write to you or press Start. A phone number or an email address alone opens no chat.`,
        ]
      : []),
    ...(imported > 0
      ? [
          `${of(imported)} bring a new person with a Telegram id: Telegram delivers to them only if they have pressed Start on this bot.`,
        ]
      : []),
    ...(strangers > 0
      ? [
          `${of(strangers)} have neither an id, nor an email address, nor a Telegram id: import them again, and these people are there twice.`,
        ]
      : []),
  ];
}
