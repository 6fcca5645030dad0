// Buttons of a template, added by kind: an answer, an address, a number to call, a code to copy.
import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import {
  IconCopy,
  IconCornerUpLeft,
  IconExternalLink,
  IconPhone,
  IconPlus,
  IconX,
} from '@tabler/icons-react';
import { type DraftButton, templateLimits } from '../../../../contract/whatsapp-template-draft.ts';
import { keysIn } from '../../../../contract/whatsapp-templates.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import type { PartProps } from './HeaderField.tsx';
import css from './WhatsAppTemplates.module.css';

type Kind = DraftButton['kind'];
const kinds: { kind: Kind; word: string; most: number; Icon: typeof IconPlus; fresh: DraftButton }[] = [
  { kind: 'quick_reply', word: 'Quick reply', most: templateLimits.buttons, Icon: IconCornerUpLeft, fresh: { kind: 'quick_reply', text: '' } },
  { kind: 'url', word: 'Open an address', most: templateLimits.urlButtons, Icon: IconExternalLink, fresh: { kind: 'url', text: '', url: '', example: '' } },
  { kind: 'phone', word: 'Call a number', most: templateLimits.phoneButtons, Icon: IconPhone, fresh: { kind: 'phone', text: '', phone_number: '' } },
  { kind: 'copy_code', word: 'Copy a code', most: templateLimits.copyCodes, Icon: IconCopy, fresh: { kind: 'copy_code', example: '' } },
]; // biome-ignore format: one kind per line
const wordOf = (kind: Kind) => kinds.find((one) => one.kind === kind)?.word ?? kind;

export function DraftButtons({ value, at, onLeave, onChange }: PartProps<DraftButton[]>) {
  const count = (kind: Kind) => value.filter((one) => one.kind === kind).length;
  const put = (index: number, part: object) =>
    onChange(value.map((one, place) => (place === index ? ({ ...one, ...part } as DraftButton) : one)));
  /** Quick replies stand together, the others behind them. */
  const add = (fresh: DraftButton) => {
    const replies = value.filter((one) => one.kind === 'quick_reply').length;
    const areFirst = value[0]?.kind === 'quick_reply';
    const place = fresh.kind === 'quick_reply' && areFirst ? replies : value.length;
    onChange([...value.slice(0, place), fresh, ...value.slice(place)]);
  };
  const field = (index: number, name: string, label: string, of: string, placeholder = '') => {
    const pointer = `/buttons/${index}/${name}`;
    return (
      <TextInput
        aria-label={`Button ${index + 1}: ${label}`}
        data-field={pointer}
        placeholder={placeholder || label}
        value={of}
        error={at(pointer)}
        onBlur={() => onLeave(pointer)}
        onChange={(event) => put(index, { [name]: event.currentTarget.value })}
      />
    );
  };
  return (
    <div className={css.buttonFields} data-field="/buttons">
      {value.map((button, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
        <div key={index} className={css.button}>
          <div className={css.buttonFields}>
            <span className="small strong">{wordOf(button.kind)}</span>
            {button.kind !== 'copy_code' && field(index, 'text', 'Text', button.text)}
            {button.kind === 'url' &&
              field(index, 'url', 'Address', button.url, 'https://shop.example/{{1}}')}
            {button.kind === 'url' &&
              keysIn(button.url).length > 0 &&
              field(index, 'example', 'Example for {{1}}', button.example, 'Example for {{1}}: spring-sale')}
            {button.kind === 'phone' &&
              field(index, 'phone_number', 'Number', button.phone_number, '+14155550123')}
            {button.kind === 'copy_code' &&
              field(index, 'example', 'Example of the code', button.example, '25OFF')}
          </div>
          <ActionIcon
            variant="subtle"
            size={32}
            aria-label={`Remove button ${index + 1}`}
            onClick={() => onChange(value.filter((_, place) => place !== index))}
          >
            <IconX size={16} stroke={1.75} />
          </ActionIcon>
        </div>
      ))}
      <FieldProblem>{at('/buttons')}</FieldProblem>
      <Menu position="bottom-start" width={208}>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            style={{ justifySelf: 'start' }}
            disabled={value.length >= templateLimits.buttons}
            leftSection={<IconPlus size={14} stroke={1.75} />}
          >
            Add button
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map(({ kind, word, most, Icon, fresh }) => (
            <Menu.Item
              key={kind}
              leftSection={<Icon size={16} stroke={1.75} />}
              disabled={count(kind) >= most}
              onClick={() => add(fresh)}
            >
              {word}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
