// The phone around what WhatsApp shows. Keeps WhatsApp's real colours in light and dark.
import {
  IconArrowLeft,
  IconBattery3,
  IconCamera,
  IconDotsVertical,
  IconMoodSmile,
  IconPaperclip,
  IconPhone,
  IconWifi,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from '../../screens/composer/preview/Platforms.module.css';
import { Avatar } from '../../ui/Avatar.tsx';

export function WhatsAppFrame({
  name,
  clock,
  children,
}: {
  name: string;
  clock: string;
  children: ReactNode;
}) {
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
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
        <section className={`${css.chat} ${css.paper}`} data-testid="preview" tabIndex={0} aria-label="Chat">
          <span className={css.dayLight}>Today</span>
          {children}
        </section>
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
