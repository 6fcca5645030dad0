// A rendered message with tracked addresses in place of its own. The message itself stays as it is, for the thread, and is
// shared by all who get the same; only what goes to the platform is a copy.
import type { KeyObject } from 'node:crypto';
import type { Channel } from '../../../contract/connections.ts';
import type { RenderedMessage } from '../../../contract/message.ts';
import { markupOn } from '../../templates/channel-body.ts';
import { withAddresses } from '../../templates/spans.ts';
import { linkCode } from './code.ts';
import type { RunLinks } from './run-links.ts';

/** They are put into the formatting tree, which each platform's own renderer then writes. */
export function withTrackedLinks(
  message: RenderedMessage,
  channel: Channel,
  links: RunLinks,
  key: KeyObject,
  deliveryId: string,
): RenderedMessage {
  const tracked = (url: string): string | null => {
    const linkNumber = links.numbers.get(url);
    return linkNumber === undefined ? null : `${links.base}/l/${linkCode(key, { linkNumber, deliveryId })}`;
  };
  const buttons = message.buttons.map((button) => ({ ...button, url: tracked(button.url) ?? button.url }));
  const spans = withAddresses(message.spans, tracked);
  const markup = spans === message.spans ? message.markup : markupOn(channel, spans, message.limit);
  // many links with short addresses: better uncounted than refused
  return markup === null ? { ...message, buttons } : { ...message, markup, spans, buttons };
}
