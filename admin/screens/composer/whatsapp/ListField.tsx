// A list under a WhatsApp message: one button opens it, one row is chosen and comes back as an answer.
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { type WhatsAppContent, whatsappLimits } from '../../../../contract/message.ts';
import { ShortField } from './ShortField.tsx';
import css from './WhatsApp.module.css';

type List = NonNullable<WhatsAppContent['list']>;
type Section = List['sections'][number];
export const emptyRow = { title: '', description: '' };
export const emptyList: List = { button: '', sections: [{ title: '', rows: [emptyRow] }] };

interface Props {
  value: List;
  onChange: (value: List) => void;
  at: (pointer: string) => string | undefined;
  onLeave: (pointer: string) => void;
}

export function ListField({ value, onChange, at, onLeave }: Props) {
  const place = '/content/whatsapp/list';
  const { sections } = value;
  const rows = sections.reduce((sum, section) => sum + section.rows.length, 0);
  const isFull = rows >= whatsappLimits.listRows;
  const put = (index: number, section: Section) =>
    onChange({ ...value, sections: sections.with(index, section) });
  return (
    <fieldset className={css.group} aria-label="List" data-field={place}>
      <ShortField
        label="Button that opens the list"
        pointer={`${place}/button`}
        placeholder="Choose a time"
        value={value.button}
        most={whatsappLimits.listButton}
        problem={at(`${place}/button`)}
        onChange={(button) => onChange({ ...value, button })}
        onLeave={() => onLeave(`${place}/button`)}
      />
      {sections.map((section, index) => (
        <SectionRows
          key={String(index)}
          place={`${place}/sections/${index}`}
          number={index + 1}
          section={section}
          isOnly={sections.length === 1}
          isFull={isFull}
          at={at}
          onLeave={onLeave}
          onChange={(next) => put(index, next)}
          onRemove={() => onChange({ ...value, sections: sections.filter((_, at) => at !== index) })}
        />
      ))}
      <div className="row">
        <Button
          size="xs"
          variant="default"
          disabled={isFull}
          leftSection={<IconPlus size={14} stroke={1.75} />}
          onClick={() => onChange({ ...value, sections: [...sections, { title: '', rows: [emptyRow] }] })}
        >
          Add section
        </Button>
        <span className="t3 small">
          {rows} of {whatsappLimits.listRows} rows
        </span>
      </div>
    </fieldset>
  );
}

function SectionRows(props: {
  place: string;
  number: number;
  section: Section;
  isOnly: boolean;
  isFull: boolean;
  at: Props['at'];
  onLeave: Props['onLeave'];
  onChange: (section: Section) => void;
  onRemove: () => void;
}) {
  const { place, number, section, isOnly, at, onLeave, onChange } = props;
  const { rows } = section;
  return (
    <div className={css.lines}>
      {!isOnly && (
        <div className={css.item}>
          <ShortField
            label={`Title of section ${number}`}
            pointer={`${place}/title`}
            value={section.title}
            most={whatsappLimits.sectionTitle}
            problem={at(`${place}/title`)}
            onChange={(title) => onChange({ ...section, title })}
            onLeave={() => onLeave(`${place}/title`)}
          />
          <ActionIcon
            variant="subtle"
            size={32}
            aria-label={`Remove section ${number}`}
            onClick={props.onRemove}
          >
            <IconTrash size={16} stroke={1.75} />
          </ActionIcon>
        </div>
      )}
      <ul className={css.rows}>
        {rows.map((row, index) => {
          const name = isOnly ? `Row ${index + 1}` : `Row ${index + 1} of section ${number}`;
          const pointer = `${place}/rows/${index}`;
          const put = (part: Partial<Section['rows'][number]>) =>
            onChange({ ...section, rows: rows.with(index, { ...row, ...part }) });
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <li key={index} className={css.item}>
              <div className={css.lines}>
                <ShortField
                  label={name}
                  pointer={`${pointer}/title`}
                  placeholder="Express"
                  value={row.title}
                  most={whatsappLimits.rowTitle}
                  problem={at(`${pointer}/title`)}
                  onChange={(title) => put({ title })}
                  onLeave={() => onLeave(`${pointer}/title`)}
                />
                <ShortField
                  quiet
                  label={`${name}, description`}
                  pointer={`${pointer}/description`}
                  placeholder="What it means, if that needs saying"
                  value={row.description}
                  most={whatsappLimits.rowDescription}
                  problem={at(`${pointer}/description`)}
                  onChange={(description) => put({ description })}
                  onLeave={() => onLeave(`${pointer}/description`)}
                />
              </div>
              <ActionIcon
                variant="subtle"
                size={32}
                aria-label={`Remove ${name}`}
                disabled={rows.length === 1}
                onClick={() => onChange({ ...section, rows: rows.filter((_, at) => at !== index) })}
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
          disabled={props.isFull}
          leftSection={<IconPlus size={14} stroke={1.75} />}
          onClick={() => onChange({ ...section, rows: [...rows, { title: '', description: '' }] })}
        >
          Add row
        </Button>
      </div>
    </div>
  );
}
