// Up to 8 buttons under the message, each opening an address. A row is judged once it was left, not while it is typed.
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { FieldProblem as Problem } from '../../../contract/errors.ts';
import type { Button as MessageButton } from '../../../contract/message.ts';
import { FieldProblem } from '../../ui/FieldProblem.tsx';
import css from './Composer.module.css';

interface Props {
  value: MessageButton[];
  onChange: (value: MessageButton[]) => void;
  problems: Problem[];
  /** Show every problem, also of rows that were not left yet: after Send was pressed. */
  all: boolean;
  most?: number;
  longest?: number;
}

export function ButtonsField({ value, onChange, problems, all, most = 8, longest = 64 }: Props) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const at = (pointer: string) =>
    all || left.has(pointer) ? problems.find((problem) => problem.pointer === pointer)?.detail : undefined;
  const put = (index: number, part: Partial<MessageButton>) =>
    onChange(value.map((item, place) => (place === index ? { ...item, ...part } : item)));
  return (
    <fieldset className={css.fieldset} data-field="/content/buttons">
      <div className={css.labelRow}>
        <legend>Buttons</legend>
        <span className="end t3">
          {value.length} of {most}
        </span>
      </div>
      <div className={css.buttons}>
        {value.map((item, index) => {
          const text = `/content/buttons/${index}/text`;
          const url = `/content/buttons/${index}/url`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <div key={index}>
              <div className={css.buttonRow}>
                <TextInput
                  data-field={text}
                  aria-label={`Button ${index + 1} text`}
                  placeholder="Text"
                  value={item.text}
                  maxLength={longest}
                  error={Boolean(at(text))}
                  rightSectionWidth={isNearlyFull(item.text, longest) ? 56 : 0}
                  rightSection={
                    isNearlyFull(item.text, longest) && (
                      <span className="t3 small" aria-hidden>
                        {item.text.length} / {longest}
                      </span>
                    )
                  }
                  onChange={(event) => put(index, { text: event.currentTarget.value })}
                  onBlur={() => setLeft(new Set(left).add(text))}
                />
                <TextInput
                  data-field={url}
                  aria-label={`Button ${index + 1} address`}
                  placeholder="https://"
                  type="url"
                  value={item.url}
                  error={Boolean(at(url))}
                  onChange={(event) => put(index, { url: event.currentTarget.value })}
                  onBlur={() => setLeft(new Set(left).add(url))}
                />
                <ActionIcon
                  variant="subtle"
                  size={32}
                  aria-label={`Remove button ${index + 1}`}
                  onClick={() => {
                    setLeft(new Set());
                    onChange(value.filter((_, place) => place !== index));
                  }}
                >
                  <IconX size={16} stroke={1.75} />
                </ActionIcon>
              </div>
              <FieldProblem>{at(text) ?? at(url)}</FieldProblem>
            </div>
          );
        })}
      </div>
      <Button
        size="xs"
        variant="default"
        mt={value.length > 0 ? 8 : 0}
        disabled={value.length >= most}
        leftSection={<IconPlus size={14} stroke={1.75} />}
        onClick={() => onChange([...value, { text: '', url: '' }])}
      >
        Add button
      </Button>
    </fieldset>
  );
}

/** Only then the count takes room from the words. */
const isNearlyFull = (text: string, longest: number) => text.length > longest * 0.7;
