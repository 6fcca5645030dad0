// A message as WhatsApp shows it on a phone. Keeps WhatsApp's real colours in light and dark.
import {
  IconArrowLeft,
  IconBattery3,
  IconCamera,
  IconDotsVertical,
  IconExternalLink,
  IconMoodSmile,
  IconPaperclip,
  IconPhone,
  IconWifi,
} from '@tabler/icons-react';
import type { RenderedMessage, Span } from '../../../../contract/message.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { SpanText } from '../SpanText.tsx';
import { Attachments } from './Attachments.tsx';
import css from './Platforms.module.css';
import { plain } from './plain.ts';

interface Props {
  name: string;
  message: RenderedMessage | undefined;
  /** Instead of the message: what is missing. */
  hint?: string;
  clock: string;
}

/** WhatsApp has no links behind words: the address stands behind its text. */
function withAddresses(spans: Span[]): Span[] {
  return spans.flatMap((span): Span[] => {
    if (span.kind === 'text') return [span];
    if (span.kind !== 'link') return [{ ...span, children: withAddresses(span.children) }];
    const address: Span = { kind: 'link', url: span.url, children: [{ kind: 'text', text: span.url }] };
    if (plain(span.children) === span.url) return [address];
    return [
      ...withAddresses(span.children),
      { kind: 'text', text: ' (' },
      address,
      { kind: 'text', text: ')' },
    ];
  });
}

export function WhatsAppPhone({ name, message, hint, clock }: Props) {
  return (
    <figure className={css.phone} aria-label="Preview on WhatsApp">
      <div className={css.screen}>
        <div className={css.status} aria-hidden>
          <span>{clock}</span>
          <span className={css.glyphs}>
            <IconWifi size={14} />
            <IconBattery3 size={14} />
          </span>
        </div>
        <div className={css.head} aria-hidden>
          <IconArrowLeft size={18} />
          <Avatar name={name} size="small" />
          <span className={css.who}>
            {name}
            <small>Business account</small>
          </span>
          <IconPhone size={18} className="end" />
          <IconDotsVertical size={18} />
        </div>
        <div className={`${css.chat} ${css.paper}`} data-testid="preview">
          <span className={css.dayLight}>Today</span>
          {message ? (
            <div className={css.card}>
              <div className={css.inset}>
                <Attachments message={message} />
              </div>
              {message.plain.trim() !== '' && (
                <div className={css.text} dir="auto">
                  <SpanText spans={withAddresses(message.spans)} />
                  <span className={css.time}>{clock}</span>
                </div>
              )}
              {message.buttons.map((button, index) => (
                <span key={String(index)} className={css.row} title={button.url}>
                  <IconExternalLink size={14} aria-hidden />
                  {button.text}
                </span>
              ))}
            </div>
          ) : (
            <span className={css.dayLight}>{hint ?? 'Write a message to see it here'}</span>
          )}
        </div>
        <div className={css.compose} aria-hidden>
          <IconMoodSmile size={18} />
          Message
          <IconPaperclip size={18} className="end" />
          <IconCamera size={18} />
        </div>
      </div>
    </figure>
  );
}
