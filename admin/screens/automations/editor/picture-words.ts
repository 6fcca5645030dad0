// Where the picture of an automation comes from, said from its address.
import { type Attachment, hasVariables } from '../../../../contract/message.ts';
import type { AutomationKind } from '../automation-words.ts';

/** What to offer at a press, by kind. */
export const pictureOf: Partial<Record<AutomationKind, { url: string; offer: string; words: string }>> = {
  abandoned_cart: {
    url: '{{ cart.photo }}',
    offer: 'Use the photo from the cart',
    words: 'Photo of the first item in the cart that has one',
  },
  back_in_stock: {
    url: '{{ product.image_url }}',
    offer: 'Use the photo of the item',
    words: 'Photo of the item that is back',
  },
};

/** The address where there is one field for it: no file, or one picture by address. Undefined: there are files. */
export function addressIn(media: Attachment[]): string | undefined {
  const [first] = media;
  if (!first) return '';
  return media.length === 1 && 'url' in first ? first.url : undefined;
}

/** What stands under the field while nothing is wrong with it. */
export function pictureWords(kind: AutomationKind, url: string): { words: string; fine: boolean } {
  const usual = pictureOf[kind];
  const squeezed = url.replace(/\s+/g, '');
  if (usual && squeezed === usual.url.replace(/\s+/g, '')) return { words: usual.words, fine: true };
  if (hasVariables(url)) return { words: 'A picture of its own for each person', fine: true };
  if (url === '') return { words: 'Without it the message is text alone', fine: false };
  return { words: 'The same picture for everybody', fine: false };
}
