// One message of a thread. A campaign's message is a card that leads to its report; states are words and glyphs.
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconChecks,
  IconClock,
  IconExternalLink,
  IconHelpCircle,
  IconSpeakerphone,
  IconTestPipe,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Message, MessageFile } from '../../../contract/conversations.ts';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import { useZone } from '../../session.ts';
import { clock } from '../../ui/times.ts';
import { SpanText } from '../composer/SpanText.tsx';
import { deliveryWord } from '../report/delivery-state.tsx';
import { FailedReply } from './FailedReply.tsx';
import css from './Inbox.module.css';
import { MessageFiles } from './MessageFiles.tsx';
import { type Doing, MessageActions, messageAnchor, Quote, Reactions, Replies } from './MessageParts.tsx';

const glyphs: Partial<Record<DeliveryState, typeof IconCheck>> = {
  planned: IconClock,
  queued: IconClock,
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertTriangle,
  skipped: IconBan,
  unknown: IconHelpCircle,
};

interface Props {
  message: Message;
  contactName: string;
  /** Absent: it is only looked at. */
  doing?: Doing;
}

export function MessageItem({ message, contactName, doing }: Props) {
  const zone = useZone();
  const out = message.direction === 'out';
  const card = message.source === 'campaign' || message.source === 'test';
  const Glyph = message.state ? glyphs[message.state] : undefined;
  const bad = message.state === 'failed';
  const files = filesOf(message);
  const body =
    message.spans.length > 0 ? (
      <SpanText spans={message.spans} />
    ) : (
      // where nothing was written its text only says what came instead
      files.length === 0 && (message.text || 'Message without text')
    );
  return (
    <article
      id={messageAnchor(message.id)}
      className={css.message}
      data-direction={message.direction}
      aria-label={out ? `From ${message.author ?? 'Carillon'}` : `From ${contactName}`}
    >
      <div className={card ? css.campaign : css.bubble}>
        {card && (
          <div className={css.campaignHead}>
            {message.source === 'test' ? (
              <>
                <IconTestPipe size={14} stroke={1.75} aria-hidden />
                <span className="ellipsis grow">
                  Test{message.campaign ? `: ${message.campaign.name}` : ''}
                </span>
              </>
            ) : (
              <>
                <IconSpeakerphone size={14} stroke={1.75} aria-hidden />
                {message.campaign ? (
                  <Link to="/campaigns/$id" params={{ id: message.campaign.id }} className="ellipsis grow">
                    Campaign: {message.campaign.name}
                  </Link>
                ) : (
                  <span className="grow">Campaign</span>
                )}
                <IconExternalLink size={14} stroke={1.75} aria-hidden />
              </>
            )}
          </div>
        )}
        {message.reply_to && <Quote of={message.reply_to} contactName={contactName} />}
        <MessageFiles files={files} />
        {message.header && <div className={`${css.text} strong`}>{message.header}</div>}
        {body && (
          <div className={css.text} dir="auto">
            {body}
          </div>
        )}
        {message.footer && <div className={`${css.text} small t3`}>{message.footer}</div>}
        {message.buttons.length > 0 && (
          <div className={css.cardButtons}>
            {message.buttons.map((button, index) => (
              <span key={String(index)} title={button.url}>
                {button.text}
              </span>
            ))}
          </div>
        )}
        <Replies message={message} />
      </div>
      <Reactions message={message} contactName={contactName} />
      <div className={`${css.meta} ${bad ? 'bad' : ''}`}>
        {out && !card && message.author ? `${message.author}, ` : ''}
        <time dateTime={message.at}>{clock(message.at, zone)}</time>
        {message.state && (
          <span className={css.state} data-state={message.state}>
            {Glyph && <Glyph size={14} stroke={1.75} aria-hidden />}
            {deliveryWord(message.state)}
            {message.reason ? `: ${message.reason}` : ''}
          </span>
        )}
        {message.pressed !== null && <span>Pressed, not typed</span>}
        {doing && <MessageActions message={message} doing={doing} />}
      </div>
      {bad && doing?.failed && <FailedReply message={message} failed={doing.failed} />}
    </article>
  );
}

/** Messages of before knew one picture alone. */
function filesOf({ attachments, image_url }: Message): MessageFile[] {
  if (attachments.length > 0 || image_url === null) return attachments;
  const unknown = { mime: null, file_name: null, size_bytes: null, width: null, height: null, problem: null };
  return [{ kind: 'image', state: 'ready', url: image_url, voice: false, ...unknown }];
}
