// What a merge will do, in words; each sentence stands for something the server would do.
import type { MergeCounts, MergePreview } from '../../../contract/merges.ts';
import { counted } from '../../ui/numbers.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

const words: Record<keyof MergeCounts, [string, string]> = {
  messages: ['message', 'messages'],
  deliveries: ['delivery', 'deliveries'],
  events: ['event', 'events'],
  orders: ['order', 'orders'],
  carts: ['cart', 'carts'],
  segments: ['list', 'lists'],
};

/** "3 messages, 1 order and 2 lists"; empty: nothing. */
export function countsText(counts: MergeCounts): string {
  const parts = (Object.keys(words) as (keyof MergeCounts)[])
    .filter((name) => counts[name] > 0)
    .map((name) => counted(counts[name], ...words[name]));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

export function mergeSentences(preview: MergePreview, other: string): string[] {
  const counts = countsText(preview.comes_over);
  const ids = preview.fields.find((one) => one.field === 'external_id');
  return [
    counts
      ? `From ${other} come over ${counts}, with tags, notes and addresses.`
      : `${other} has no messages or orders; tags, notes and addresses come over.`,
    ...preview.consent
      .filter((one) => one.changes_for !== null)
      .map((one) =>
        one.state === 'opted_out'
          ? `Marketing on ${channelWord(one.channel)} is off: one of the two said no, and that holds for the person.`
          : `Marketing on ${channelWord(one.channel)} is allowed: only one of the two was asked, and agreed.`,
      ),
    ...preview.two_addresses.map(
      (one) =>
        `Both have a chat with ${one.name}. Messages go to ${one.this}, and to ${one.other} as soon as the person writes from there.`,
    ),
    ...preview.campaigns_with_both.map((one) => `${one.name} is under way to both: the person gets it once.`),
    ...(ids?.this && ids.other
      ? [
          `What your shop sends under either shop id (${String(ids.this)}, ${String(ids.other)}) is this person’s.`,
        ]
      : []),
    `You can undo this here for ${preview.undoable_days} days. After that the two stay one.`,
  ];
}
