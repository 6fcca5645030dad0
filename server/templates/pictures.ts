// The files of one person's message. An address with variables is filled in for each; what comes out is fetched by the platform
// and held to the rules of addresses that people type. A message is never lost for its picture: it goes without, and says why.
import type { FieldProblem } from '../../contract/errors.ts';
import { type Attachment, hasVariables, type RenderedAttachment } from '../../contract/message.ts';
import { type AskOptions, isInside, mayAsk } from '../media/public-address.ts';
import type { Field } from './field.ts';
import { insertedParts, resolveInserted } from './inserted.ts';

/** As in RenderedMessage. */
export interface Files {
  attachments: RenderedAttachment[];
  media?: Attachment[];
  left_out?: FieldProblem[];
}

export interface MessageFiles {
  fields: Field[];
  /** `dropped`: why pictures by address are left out, in words; null: they are not. `all`: those without variables too. */
  render(scope: object, dropped: string | null, all: boolean): { shown: Files; hasFile: boolean };
}

const longestAddress = 2048;

/** `shown`: the files as they are known already, each address as it is written. */
export function messageFiles(
  media: Attachment[],
  shown: RenderedAttachment[],
  field: (source: string, pointer: string) => Field,
  options: AskOptions,
): MessageFiles {
  const known = new Map(shown.map((file) => [file.url, file]));
  const files = media.map((item, index) => {
    const pointer = `/content/media/${index}/url`;
    const address = 'url' in item && hasVariables(item.url) ? field(item.url, pointer) : null;
    return { item, pointer, address, shown: known.get(addressOf(item)) };
  });
  const fields = files.flatMap(({ address }) => address ?? []);
  return {
    fields,
    render(scope, dropped, all) {
      if (fields.length === 0 && !(dropped && all)) {
        return { shown: { attachments: shown }, hasFile: media.length > 0 };
      }
      const attachments: RenderedAttachment[] = [];
      const kept: Attachment[] = [];
      const left: FieldProblem[] = [];
      const there = new Set<string>();
      for (const file of files) {
        const { item, pointer, address } = file;
        let found = file.shown;
        let sent = item;
        if (address) {
          const url = filledIn(address, scope);
          if (url === '') continue;
          const detail = dropped ?? whyNot(url, options);
          const href = URL.parse(url)?.href ?? url;
          if (detail !== null) left.push({ pointer, detail });
          // an album takes no picture twice
          if (detail !== null || there.has(href)) continue;
          found = pictureAt(href);
          sent = { url: href };
        } else if (dropped !== null && all && 'url' in item) {
          left.push({ pointer, detail: dropped });
          continue;
        }
        kept.push(sent);
        if (found) attachments.push(found);
        if (found) there.add(found.url);
      }
      const left_out = left.length > 0 ? { left_out: left } : {};
      return { shown: { attachments, media: kept, ...left_out }, hasFile: kept.length > 0 };
    },
  };
}

/** Where the panel finds a file: its own address, or ours. */
export function addressOf(item: Attachment): string {
  return 'url' in item ? item.url : `/api/v1/media/${item.media_id}/file`;
}

/** A file by address is a picture: the platform fetches nothing else by address here. */
export function pictureAt(url: string): RenderedAttachment {
  return { kind: 'image', url, file_name: null, size_bytes: null, width: null, height: null };
}

/** Empty where nothing is known of what it is made of: there is no picture then. */
function filledIn(address: Field, scope: object): string {
  const rendered = address.renderPlain(scope);
  const values = insertedParts(rendered).filter((_, index) => index % 2 === 1);
  if (values.length > 0 && values.every((value) => value.trim() === '')) return '';
  const url = resolveInserted(rendered, (value, at) =>
    at === 0 ? value.trim() : encodeURIComponent(value.toWellFormed()),
  ).trim();
  // shops write addresses without the protocol of the page that they stand on
  return url.startsWith('//') ? `https:${url}` : url;
}

/** Why no platform shall be told to fetch this; null: it may be. */
function whyNot(written: string, options: AskOptions): string | null {
  const url = written.length <= longestAddress ? URL.parse(written) : null;
  if (written.length > longestAddress || (url && url.href.length > longestAddress))
    return `The address of this person’s picture has more than ${longestAddress.toLocaleString('en')} characters.`;
  if (!url || !/^https?:$/.test(url.protocol))
    return 'The address of this person’s picture is not complete: it does not begin with https:// or http://.';
  if (url.username || url.password)
    return 'The address of this person’s picture holds a user name or password.';
  if (!mayAsk(url, options) || isInside(url, options))
    return 'The address of this person’s picture is not on the public internet.';
  return null;
}
