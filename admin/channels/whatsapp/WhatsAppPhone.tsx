// A message as WhatsApp shows it on a phone.
import { IconCopy, IconCornerUpLeft, IconExternalLink, IconList, IconPhone } from '@tabler/icons-react';
import type { RenderedMessage, RenderedWhatsApp, Span } from '../../../contract/message.ts';
import { Attachments } from '../../screens/composer/preview/Attachments.tsx';
import css from '../../screens/composer/preview/Platforms.module.css';
import { plain } from '../../screens/composer/preview/plain.ts';
import { SpanText } from '../../screens/composer/SpanText.tsx';
import { WhatsAppFrame } from './WhatsAppFrame.tsx';

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
    <WhatsAppFrame name={name} clock={clock}>
      {message ? (
        <div className={css.card}>
          <div className={css.inset}>
            <Attachments message={message} />
          </div>
          {message.whatsapp?.header && (
            <div className={css.heading} dir="auto">
              {message.whatsapp.header}
            </div>
          )}
          {message.plain.trim() !== '' && (
            <div className={css.text} dir="auto">
              <SpanText spans={withAddresses(message.spans)} />
              {message.whatsapp?.footer && <span className={css.foot}>{message.whatsapp.footer}</span>}
              <span className={css.time}>{clock}</span>
            </div>
          )}
          {message.buttons.map((button, index) => (
            <span key={String(index)} className={css.row} title={button.url}>
              <IconExternalLink size={14} aria-hidden />
              {button.text}
            </span>
          ))}
          {message.whatsapp && <Presses whatsapp={message.whatsapp} />}
        </div>
      ) : (
        <span className={css.dayLight}>{hint ?? 'Write a message to see it here'}</span>
      )}
    </WhatsAppFrame>
  );
}

const otherIcons = { phone: IconPhone, copy_code: IconCopy, other: IconExternalLink } as const;

/** What is pressed: replies, the phone's own buttons, and a list with what opens when it is. */
function Presses({ whatsapp }: { whatsapp: RenderedWhatsApp }) {
  const { replies, list, others = [] } = whatsapp;
  return (
    <>
      {others.map(({ kind, title, value }, index) => {
        const Icon = otherIcons[kind];
        return (
          <span key={String(index)} className={css.row} title={value ?? undefined}>
            <Icon size={14} aria-hidden />
            {title}
          </span>
        );
      })}
      {replies.map(({ title }, index) => (
        <span key={String(index)} className={css.row}>
          <IconCornerUpLeft size={14} aria-hidden />
          {title}
        </span>
      ))}
      {list && (
        <>
          <span className={css.row}>
            <IconList size={14} aria-hidden />
            {list.button}
          </span>
          <div className={css.opened}>
            <span className={css.openedHead}>Opens</span>
            {list.sections.map((section, at) => (
              <div key={String(at)}>
                {section.title && <strong>{section.title}</strong>}
                {section.rows.map((row) => (
                  <span key={row.id} className={css.listRow}>
                    {row.title}
                    {row.description && <small>{row.description}</small>}
                  </span>
                ))}
              </div>
            ))}
          </div>
        </>
      )}
    </>
  );
}
