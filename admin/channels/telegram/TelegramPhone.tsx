// A message as Telegram shows it on a phone. Keeps Telegram's real colours in light and dark.
import {
  IconArrowUpRight,
  IconBattery3,
  IconChevronLeft,
  IconDotsVertical,
  IconMicrophone,
  IconMoodSmile,
  IconPaperclip,
  IconWifi,
} from '@tabler/icons-react';
import type { RenderedMessage } from '../../../contract/message.ts';
import { Attachments, filesOf } from '../../screens/composer/preview/Attachments.tsx';
import { SpanText } from '../../screens/composer/SpanText.tsx';
import { Avatar } from '../../ui/Avatar.tsx';
import css from './TelegramPhone.module.css';

interface Props {
  name: string;
  message: RenderedMessage | undefined;
  /** Instead of the message: what is missing. */
  hint?: string;
  clock: string;
}

export function TelegramPhone({ name, message, hint, clock }: Props) {
  const empty = !message || (message.plain.trim() === '' && filesOf(message).length === 0);
  return (
    <figure className={css.phone} aria-label="Preview on Telegram">
      <div className={css.screen}>
        <div className={css.status} aria-hidden>
          <span>{clock}</span>
          <span className={css.glyphs}>
            <IconWifi size={14} />
            <IconBattery3 size={14} />
          </span>
        </div>
        <div className={css.head} aria-hidden>
          <IconChevronLeft size={18} color="#1470B8" />
          <Avatar name={name} size="small" />
          <span className={css.who}>
            {name}
            <small>bot</small>
          </span>
          <IconDotsVertical size={18} className="end" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
        <section className={css.chat} data-testid="preview" tabIndex={0} aria-label="Chat">
          <span className={css.day}>Today</span>
          {empty ? (
            <span className={css.day}>{hint ?? 'Write a message to see it here'}</span>
          ) : (
            <>
              <div className={css.bubble}>
                <Attachments message={message} />
                {message.plain.trim() !== '' && (
                  <div className={css.text} dir="auto">
                    <SpanText spans={message.spans} />
                    <span className={css.time}>{clock}</span>
                  </div>
                )}
              </div>
              {message.buttons.length > 0 && (
                <div className={css.buttons}>
                  {message.buttons.map((button, index) => (
                    <span key={String(index)} className={css.button} title={button.url}>
                      {button.text}
                      <IconArrowUpRight size={11} aria-hidden />
                    </span>
                  ))}
                </div>
              )}
            </>
          )}
        </section>
        <div className={css.compose} aria-hidden>
          <IconPaperclip size={18} />
          Message
          <IconMoodSmile size={18} className="end" />
          <IconMicrophone size={18} />
        </div>
      </div>
    </figure>
  );
}
