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
import type { Message } from '../../../contract/conversations.ts';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import { useZone } from '../../session.ts';
import { clock } from '../../ui/times.ts';
import { SpanText } from '../composer/SpanText.tsx';
import { deliveryWord } from '../report/delivery-state.tsx';
import css from './Inbox.module.css';

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

export function MessageItem({ message, contactName }: { message: Message; contactName: string }) {
  const zone = useZone();
  const out = message.direction === 'out';
  const card = message.source === 'campaign' || message.source === 'test';
  const Glyph = message.state ? glyphs[message.state] : undefined;
  const bad = message.state === 'failed';
  const body =
    message.spans.length > 0 ? (
      <SpanText spans={message.spans} />
    ) : (
      message.text || (message.image_url ? null : 'Message without text')
    );
  return (
    <article
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
        {message.image_url && <img src={message.image_url} alt="" className={css.image} loading="lazy" />}
        {body && (
          <div className={css.text} dir="auto">
            {body}
          </div>
        )}
        {message.buttons.length > 0 && (
          <div className={css.cardButtons}>
            {message.buttons.map((button, index) => (
              <span key={String(index)} title={button.url}>
                {button.text}
              </span>
            ))}
          </div>
        )}
      </div>
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
      </div>
    </article>
  );
}
