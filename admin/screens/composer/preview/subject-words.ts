// What the preview of an automation is shown with, in words.
import type { PreviewSubject } from '../../../../contract/message.ts';
import { momentShort } from '../../../ui/times.ts';

const nouns = { cart: 'their cart', order: 'their order', products: 'what they wait for' };

/** "With their cart of 14:02"; of somebody who has none the example is said to be one. `isSomebody`: no invented person. */
export function subjectWords(
  { kind, invented, at }: PreviewSubject,
  zone: string,
  isSomebody: boolean,
): string {
  if (invented)
    return `With an invented ${kind === 'products' ? 'product' : kind}${isSomebody ? ': they have none' : ''}`;
  return at === null ? `With ${nouns[kind]}` : `With ${nouns[kind]} of ${momentShort(at, zone)}`;
}
