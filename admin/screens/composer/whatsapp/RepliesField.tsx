// Reply buttons under a WhatsApp message: what is pressed comes back as an answer.
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type WhatsAppContent, whatsappLimits } from '../../../../contract/message.ts';
import { ShortField } from './ShortField.tsx';
import css from './WhatsApp.module.css';

interface Props {
  value: WhatsAppContent['reply_buttons'];
  onChange: (value: WhatsAppContent['reply_buttons']) => void;
  /** What is wrong at a pointer, once it should be said. */
  at: (pointer: string) => string | undefined;
  onLeave: (pointer: string) => void;
}

export function RepliesField({ value, onChange, at, onLeave }: Props) {
  return (
    <fieldset className={css.group} aria-label="Reply buttons" data-field="/content/whatsapp/reply_buttons">
      <p className="t2 small">One press answers; it comes to the inbox with the text of the button.</p>
      <ul className={css.rows}>
        {value.map((item, index) => {
          const pointer = `/content/whatsapp/reply_buttons/${index}/title`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <li key={index} className={css.item}>
              <ShortField
                label={`Reply button ${index + 1}`}
                pointer={pointer}
                placeholder={index === 0 ? 'Yes, tell me more' : 'Not now'}
                value={item.title}
                most={whatsappLimits.replyTitle}
                problem={at(pointer)}
                onChange={(title) => onChange(value.with(index, { ...item, title }))}
                onLeave={() => onLeave(pointer)}
              />
              <ActionIcon
                variant="subtle"
                size={32}
                aria-label={`Remove reply button ${index + 1}`}
                onClick={() => onChange(value.filter((_, place) => place !== index))}
              >
                <IconX size={16} stroke={1.75} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <div>
        <Button
          size="xs"
          variant="default"
          disabled={value.length >= whatsappLimits.replyButtons}
          leftSection={<IconPlus size={14} stroke={1.75} />}
          onClick={() => onChange([...value, { title: '' }])}
        >
          Add reply button
        </Button>
      </div>
    </fieldset>
  );
}
