// Where a consent came from, in words, and its history without the noise of repeats.
import type { ConsentChanged } from '../../../contract/consent.ts';
import type { Contact } from '../../../contract/contacts.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

export const sourceWords: Record<string, string> = {
  message: 'By a message',
  operator: 'Recorded by an operator',
  api: 'Recorded over the API',
  import: 'From an import',
  undo: 'Opt-out undone',
  whatsapp: 'Told WhatsApp',
  merge: 'By merging two contacts',
  number: 'Said under this address before',
  merge_undone: 'By undoing a merge',
};

/** Neighbours that say the same in the same words are one line: the newest, how often, and since when. */
export function repeatsTogether(newestFirst: readonly ConsentChanged[]) {
  const lines: { row: ConsentChanged; times: number; first: string }[] = [];
  for (const row of newestFirst) {
    const line = lines.at(-1);
    if (line && isSame(line.row, row)) {
      line.times++;
      line.first = row.at;
    } else lines.push({ row, times: 1, first: row.at });
  }
  return lines;
}

const isSame = (a: ConsentChanged, b: ConsentChanged) =>
  (['channel', 'purpose', 'state', 'source', 'wording', 'reason', 'by'] as const).every(
    (key) => a[key] === b[key],
  );

type Channel = Contact['identities'][number]['channel'];

/** On which channels campaigns still reach the person; an opt-out holds for its own channel. */
export function stillReached({ identities, consent }: Pick<Contact, 'identities' | 'consent'>): Channel[] {
  const isOut = (channel: Channel) =>
    consent.some((one) => one.channel === channel && one.state === 'opted_out');
  const reached = identities.filter((one) => one.reachable && !isOut(one.channel));
  return [...new Set(reached.map(({ channel }) => channel))];
}

/** "Telegram and WhatsApp" */
export const channelsInWords = (channels: readonly Channel[]): string =>
  new Intl.ListFormat('en').format(channels.map(channelWord));
