// A message as the chat on a shop's own pages shows it.
import { IconChevronDown, IconMoodSmile, IconPaperclip, IconSend } from '@tabler/icons-react';
import type { RenderedMessage } from '../../../contract/message.ts';
import { Attachments } from '../../screens/composer/preview/Attachments.tsx';
import css from '../../screens/composer/preview/Platforms.module.css';
import { SpanText } from '../../screens/composer/SpanText.tsx';
import { Avatar } from '../../ui/Avatar.tsx';

interface Props {
  name: string;
  message: RenderedMessage | undefined;
  /** Instead of the message: what is missing. */
  hint?: string;
}

export function WidgetPreview({ name, message, hint }: Props) {
  return (
    <figure className={css.widget} aria-label="Preview on the website">
      <div className={css.widgetHead} aria-hidden>
        <Avatar name={name} size="small" />
        <span className={css.who}>
          {name}
          <small>Chat on your website</small>
        </span>
        <IconChevronDown size={18} className="end" />
      </div>
      <section
        className={`${css.chat} ${css.plainGround}`}
        data-testid="preview"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
        tabIndex={0}
        aria-label="Chat"
      >
        <span className={css.dayPlain}>Today</span>
        {message ? (
          <>
            <div className={css.card}>
              <Attachments message={message} />
              {message.plain.trim() !== '' && (
                <div className={css.text} dir="auto">
                  <SpanText spans={message.spans} />
                </div>
              )}
            </div>
            {message.buttons.length > 0 && (
              <div className={css.chips}>
                {message.buttons.map((button, index) => (
                  <span key={String(index)} className={css.chip} title={button.url}>
                    {button.text}
                  </span>
                ))}
              </div>
            )}
          </>
        ) : (
          <span className={css.dayPlain}>{hint ?? 'Write a message to see it here'}</span>
        )}
      </section>
      <div className={css.compose} aria-hidden>
        Write a message
        <IconMoodSmile size={18} className="end" />
        <IconPaperclip size={18} />
        <IconSend size={18} />
      </div>
    </figure>
  );
}
