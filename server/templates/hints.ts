// What is worth knowing about a message before it is sent and stops nothing: how it looks on each platform, and what experience
// says is missing. Pure.
import type { CampaignKind } from '../../contract/campaigns.ts';
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import {
  type Content,
  type MessageHint,
  type PlatformNote,
  type RenderedMessage,
  templateOn,
  textLimits,
} from '../../contract/message.ts';
import { isOfEvent } from './compile.ts';
import { fixedLinks } from './links.ts';
import { linksIn } from './spans.ts';

const optOutWords =
  /\b(stop|unsubscribe|opt.?out|abmelden|abbestellen|stopp|baja|cancelar|désinscri\w*|arrêt|disiscri\w*|afmelden)\b/iu;
const bareAddress = /https?:\/\/\S/i;

/** `channel`: on which `message` is rendered. */
export function messageHints(
  content: Content,
  message: RenderedMessage | null,
  channel: Channel = 'telegram',
): MessageHint[] {
  if (templateOn(channel, content)) return templateHints(message);
  const hints: MessageHint[] = [];
  const hint = (key: string, pointer: string, words: string, count: number | null = null) =>
    hints.push({ key, pointer, words, count });
  const text = content.text.trim();
  if (!text && content.media.length === 0) return [];
  const caption = textLimits.telegram.caption;
  if (message && content.media.length === 0 && message.length > caption)
    hint(
      'too_long_for_caption',
      '/content/text',
      `Too long to stand under a picture: with a file at most ${caption.toLocaleString('en')} characters.`,
      message.length - caption,
    );
  const links = urlsIn(message);
  const own = message?.whatsapp;
  const pressed = [
    ...(own?.replies ?? []).map(({ title }) => title),
    ...(own?.list ? [own.list.button] : []),
  ];
  const asksFor = content.buttons.length + pressed.length > 0 || links.length > 0 || bareAddress.test(text);
  if (!asksFor)
    hint(
      'no_call_to_action',
      '/content/buttons',
      'Nothing to press: add a button or a link that says what to do next.',
    );
  const fixed = new Set(fixedLinks([content], channel).map(({ url }) => url));
  const untracked = [...links, ...(message?.buttons ?? []).map(({ url }) => url)].filter(
    (url) => !fixed.has(url),
  );
  if (untracked.length > 0)
    hint(
      'link_not_trackable',
      '/content/text',
      untracked.some((url) => !isInApp(url))
        ? 'Clicks on addresses that differ from person to person are not counted.'
        : 'Clicks on tg:// addresses are not counted: they open inside Telegram.',
      untracked.length,
    );
  const said = [text, own?.footer ?? '', ...pressed, ...content.buttons.map((button) => button.text)];
  if (!said.some((words) => optOutWords.test(words)))
    hint(
      'opt_out_missing',
      '/content/text',
      'Nothing says how to get no more messages. Add a line such as “Send STOP to get no more.”',
    );
  return hints;
}

/** What an approved template says was decided when it was written; what is worth a look is what it lacks. */
function templateHints(message: RenderedMessage | null): MessageHint[] {
  if (!message?.whatsapp) return [];
  const { footer, replies } = message.whatsapp;
  const hints: MessageHint[] = [];
  const hint = (key: string, words: string, count: number | null = null) =>
    hints.push({ key, pointer: '/content/whatsapp/template', words, count });
  if (message.buttons.length > 0)
    hint(
      'link_not_trackable',
      'Clicks on a template’s buttons are not counted: their addresses were approved as they are.',
      message.buttons.length,
    );
  const said = [message.plain, footer ?? '', ...replies.map(({ title }) => title)];
  if (!said.some((words) => optOutWords.test(words)))
    hint(
      'opt_out_missing',
      'Nothing in this template says how to get no more messages. Its footer could, or a quick reply.',
    );
  return hints;
}

/** What the same message becomes on a platform, where that differs from what was written. */
export function notesOn(channel: Channel, message: RenderedMessage | null): PlatformNote[] {
  const notes: PlatformNote[] = [];
  const warn = (words: string) => notes.push({ tone: 'warn', words });
  const links = urlsIn(message);
  const { name, linksBehindWords } = factsOf(channel);
  if (!linksBehindWords && links.some((url) => /^https?:/i.test(url)))
    warn(`${name} has no links behind words: the address stands behind its text.`);
  const inApp = inAppElsewhere[channel];
  if (inApp && links.some(isInApp)) warn(inApp);
  if (notes.length === 0 && message) notes.push({ tone: 'ok', words: shownAsWritten[channel] });
  return notes;
}

/** Of an automation that has both: who reads which. */
export function noteOnText(channel: Channel, content: Content, kind: CampaignKind | null): PlatformNote[] {
  const hours = factsOf(channel).replyWindowHours;
  if (!isOfEvent(kind) || !hours || !templateOn(channel, content) || !content.text.trim()) return [];
  return [{ tone: 'ok', words: `Who wrote within the last ${hours} hours gets the text instead.` }];
}

/** What this person's message goes without. */
export function notesOnPictures(message: RenderedMessage | null): PlatformNote[] {
  return (message?.left_out ?? []).map(({ detail }) => ({
    tone: 'warn',
    words: `Goes without its picture. ${detail}`,
  }));
}

/** tg:// links on a channel that is not Telegram. */
const inAppElsewhere: Record<Channel, string | null> = {
  telegram: null,
  whatsapp: 'tg:// links open Telegram only; here their text stands alone.',
  website: 'tg:// links lead nowhere on a website; their text stands alone.',
};

const shownAsWritten: Record<Channel, string> = {
  telegram: 'Telegram shows formatting, links, files and buttons as written.',
  whatsapp: 'WhatsApp shows the formatting as written.',
  website: 'The chat on your website shows formatting, links, files and buttons as written.',
};

const isInApp = (url: string) => /^tg:/i.test(url);
const urlsIn = (message: RenderedMessage | null) =>
  message ? linksIn(message.spans).map(({ url }) => url) : [];
