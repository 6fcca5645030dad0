// The message's text: a text area with marks, variables and a counter. The stored text is what is typed: *bold* and
// {{ contact.first_name }}; the preview beside it shows what becomes of it.
import { ActionIcon, Button, Popover, Textarea, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBold,
  IconCode,
  IconHelp,
  IconItalic,
  IconLink,
  IconStrikethrough,
} from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import type { CampaignKind } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { textLimits } from '../../../contract/message.ts';
import { FieldProblem } from '../../ui/FieldProblem.tsx';
import { figure } from '../../ui/numbers.ts';
import css from './Composer.module.css';
import { EmojiMenu } from './EmojiMenu.tsx';
import { goToLine, insertLink, takeStep, toggleMark, typeInto } from './text-marks.ts';
import { VariableMenu } from './VariableMenu.tsx';

interface Props {
  text: string;
  onChange: (text: string) => void;
  /** Visible length as the platform counts it; null while the preview is not there yet. */
  length: number | null;
  hasFile: boolean;
  problem: string | undefined;
  channel?: Channel;
  /** Where what stands around the text allows less of it. */
  limit?: number | undefined;
  label?: string;
  /** Of the campaign, for the menu of variables. */
  kind?: CampaignKind;
  disabled?: boolean;
  /** At the end of the label's line. */
  beside?: ReactNode;
}

const platforms: Record<Channel, string> = {
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  website: 'The website',
};

const marks = [
  { mark: '*', label: 'Bold', key: 'b', Icon: IconBold },
  { mark: '_', label: 'Italic', key: 'i', Icon: IconItalic },
  { mark: '~', label: 'Strike through', key: null, Icon: IconStrikethrough },
  { mark: '`', label: 'Code', key: null, Icon: IconCode },
] as const;

const editSteps = [
  { command: 'undo', label: 'Undo', Icon: IconArrowBackUp },
  { command: 'redo', label: 'Redo', Icon: IconArrowForwardUp },
] as const;

export function MessageEditor(props: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const { channel = 'telegram' } = props;
  const platform = platforms[channel];
  const limit = props.limit ?? textLimits[channel][props.hasFile ? 'caption' : 'text'];
  const used = props.length ?? [...props.text].length;
  const over = used > limit;
  const line = Number(/\bline (\d+)/i.exec(props.problem ?? '')?.[1] ?? 0);
  const act = (run: (area: HTMLTextAreaElement) => void) => () => field.current && run(field.current);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
    const hit = marks.find((item) => item.key === event.key.toLowerCase());
    if (!hit) return;
    event.preventDefault();
    toggleMark(event.currentTarget, hit.mark);
  };
  return (
    <div data-field="/content/text">
      <div className={css.labelRow}>
        <label htmlFor={id}>{props.label ?? 'Message text'}</label>
        {props.beside}
      </div>
      <div className={css.editor} data-error={Boolean(props.problem) || over || undefined}>
        <div className={css.toolbar} role="toolbar" aria-label="Formatting">
          {marks.map(({ mark, label, key, Icon }) => (
            <Tooltip key={mark} label={key ? `${label}, Ctrl ${key.toUpperCase()}` : label}>
              <ActionIcon
                variant="subtle"
                aria-label={label}
                disabled={props.disabled}
                onClick={act((area) => toggleMark(area, mark))}
              >
                <Icon size={16} stroke={1.75} />
              </ActionIcon>
            </Tooltip>
          ))}
          <Tooltip label="Link">
            <ActionIcon
              variant="subtle"
              aria-label="Link"
              disabled={props.disabled}
              onClick={act(insertLink)}
            >
              <IconLink size={16} stroke={1.75} />
            </ActionIcon>
          </Tooltip>
          <span className={css.divider} />
          {editSteps.map(({ command, label, Icon }) => (
            <Tooltip key={command} label={label}>
              <ActionIcon
                variant="subtle"
                aria-label={label}
                disabled={props.disabled}
                onClick={act((area) => takeStep(area, command))}
              >
                <Icon size={16} stroke={1.75} />
              </ActionIcon>
            </Tooltip>
          ))}
          <span className={css.divider} />
          <EmojiMenu
            disabled={props.disabled}
            onPick={(emoji) => field.current && typeInto(field.current, emoji)}
          />
          <VariableMenu
            kind={props.kind}
            disabled={props.disabled}
            onPick={(snippet) => field.current && typeInto(field.current, snippet)}
          />
          <Popover position="bottom-end" width={300}>
            <Popover.Target>
              <Button
                className="end"
                size="xs"
                variant="subtle"
                aria-label="Formatting help"
                leftSection={<IconHelp size={16} stroke={1.75} />}
              >
                <span className={css.wide}>Formatting help</span>
                <span className={css.narrow}>Help</span>
              </Button>
            </Popover.Target>
            <Popover.Dropdown>
              <ul className={css.help}>
                <li>
                  <code>*bold*</code> <strong>bold</strong>
                </li>
                <li>
                  <code>_italic_</code> <em>italic</em>
                </li>
                <li>
                  <code>~strike~</code> <s>strike</s>
                </li>
                <li>
                  <code>`code`</code> <span className="mono">code</span>
                </li>
                <li>
                  <code>[text](https://…)</code> <span>a link</span>
                </li>
                <li>
                  <code>{'{{ contact.first_name }}'}</code> <span>the person’s name</span>
                </li>
              </ul>
            </Popover.Dropdown>
          </Popover>
        </div>
        <Textarea
          id={id}
          ref={field}
          variant="unstyled"
          autosize
          minRows={9}
          maxRows={20}
          disabled={props.disabled}
          value={props.text}
          placeholder="Write the message. Choose Variable to greet people by name."
          // as attributes of the inner element: plain props of these names are overwritten by Mantine
          attributes={{
            input: {
              'aria-invalid': Boolean(props.problem) || over || undefined,
              dir: 'auto',
              'aria-describedby': `${id}-problem ${id}-count`,
            },
          }}
          classNames={{ input: css.area }}
          onChange={(event) => props.onChange(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div className={css.editorFoot}>
          <span className="t3">
            {props.limit !== undefined
              ? `At most ${figure(limit)} above buttons on ${platform}`
              : props.hasFile
                ? `At most ${figure(limit)} with a file on ${platform}`
                : `At most ${figure(limit)}, with a file ${figure(textLimits[channel].caption)}`}
          </span>
          <span id={`${id}-count`} className={over ? 'bad end strong' : 'end t2'} data-testid="counter">
            {figure(used)} / {figure(limit)}
          </span>
        </div>
      </div>
      <div id={`${id}-problem`}>
        <FieldProblem>
          {props.problem ??
            (over
              ? `${platform} takes ${figure(limit)} characters${props.hasFile ? ' with a file' : ''}. Shorten by ${figure(used - limit)}${props.hasFile && props.limit === undefined ? ', or remove the file' : ''}.`
              : undefined)}
        </FieldProblem>
        {line > 0 && (
          <Button size="xs" variant="subtle" onClick={act((area) => goToLine(area, line))}>
            Go to line {line}
          </Button>
        )}
      </div>
    </div>
  );
}
