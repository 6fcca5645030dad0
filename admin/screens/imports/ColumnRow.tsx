// One column of the file: its name, first values, what it becomes, and what is wrong with it in the first rows.
import { Button, Select, TextInput } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { memo } from 'react';
import type { ColumnTarget, ContactImport } from '../../../contract/imports.ts';
import type { AttributeType } from '../../../contract/rules.ts';
import { Badge } from '../../ui/Badge.tsx';
import type { ColumnNote } from './column-notes.ts';
import css from './Imports.module.css';
import {
  type Declared,
  sameTarget,
  type targetChoices,
  targetOf,
  targetValue,
  typeWords,
} from './target-words.ts';

interface Props {
  column: ContactImport['columns'][number];
  index: number;
  target: ColumnTarget;
  choices: ReturnType<typeof targetChoices>;
  declared: Declared[];
  notes: ColumnNote[];
  /** Why the choice was refused. */
  problem: string | undefined;
  onChange: (index: number, target: ColumnTarget, later?: boolean) => void;
}
type Attribute = Extract<ColumnTarget, { kind: 'attribute' }>;

const types = Object.entries(typeWords).map(([value, label]) => ({ value, label }));
const decimals = [
  { value: '.', label: 'Written as 1,234.50' },
  { value: ',', label: 'Written as 1.234,50' },
];
const orders = [
  { value: 'ymd', label: 'Written as 2026-11-21' },
  { value: 'dmy', label: 'Written as 21.11.2026' },
  { value: 'mdy', label: 'Written as 11/21/2026' },
];

export const ColumnRow = memo(function ColumnRow(props: Props) {
  const { column, index, target, choices, declared, notes, problem, onChange } = props;
  const value = targetValue(target, declared);
  const suggested = sameTarget(target, column.suggestion);
  return (
    <li className={css.column} data-out={target.kind === 'ignore' || undefined}>
      <div className={css.columnName}>
        <div className="strong ellipsis" dir="auto" title={column.name}>
          {column.name}
        </div>
        <div className={`small t3 ${css.samples}`} dir="auto">
          {column.samples.length > 0 ? column.samples.slice(0, 3).join(' · ') : 'Empty in the first rows'}
        </div>
      </div>
      <div className={css.becomes}>
        <Select
          aria-label={`“${column.name}” becomes`}
          data={choices}
          value={value}
          searchable
          maxDropdownHeight={320}
          nothingFoundMessage="Nothing of that name"
          error={problem}
          onChange={(chosen) => {
            const next = chosen === null ? null : targetOf(chosen, { ...column, index }, declared);
            if (next && chosen !== value) onChange(index, next);
          }}
        />
        {target.kind === 'attribute' && (
          <AttributeFields
            target={target}
            isNew={value === 'new'}
            name={column.name}
            onChange={(next, later) => onChange(index, next, later)}
          />
        )}
        {target.kind === 'consent_at' && (
          <Select
            aria-label={`How the dates of “${column.name}” are written`}
            data={orders}
            value={target.order ?? 'ymd'}
            onChange={(order) => onChange(index, { ...target, order: order as Attribute['order'] })}
          />
        )}
      </div>
      <div className={css.columnNotes}>
        {suggested ? (
          <Badge tone="mute" icon={<IconSparkles aria-hidden />}>
            Suggested
          </Badge>
        ) : (
          <Button
            size="xs"
            variant="subtle"
            aria-label={`Use the suggestion for “${column.name}”`}
            onClick={() => onChange(index, column.suggestion)}
          >
            Use the suggestion
          </Button>
        )}
        {column.note && target.kind === 'attribute' && target.type === 'text' && (
          <div className="small warn">{column.note}</div>
        )}
        {notes.map((note) => (
          <div key={`${note.tone}${note.text}`} className={`small ${note.tone}`}>
            {note.text}
          </div>
        ))}
      </div>
    </li>
  );
});

function AttributeFields(props: {
  target: Attribute;
  isNew: boolean;
  name: string;
  onChange: (target: Attribute, later?: boolean) => void;
}) {
  const { target, isNew, name, onChange } = props;
  const written =
    target.type === 'number'
      ? { data: decimals, value: target.decimal ?? '.' }
      : target.type === 'date'
        ? { data: orders, value: target.order ?? 'ymd' }
        : null;
  return (
    <div className={css.attribute}>
      {isNew && (
        <>
          <TextInput
            aria-label={`Name of the new attribute for “${name}”`}
            className={css.attributeName}
            value={target.name}
            maxLength={63}
            spellCheck={false}
            onChange={(event) => onChange({ ...target, name: event.currentTarget.value }, true)}
          />
          <Select
            aria-label={`Type of the new attribute for “${name}”`}
            className={css.attributeType}
            data={types}
            value={target.type}
            onChange={(type) =>
              onChange({ kind: 'attribute', name: target.name, type: type as AttributeType })
            }
          />
        </>
      )}
      {written && (
        <Select
          aria-label={`How the values of “${name}” are written`}
          className={css.attributeForm}
          data={written.data}
          value={written.value}
          onChange={(form) =>
            onChange(
              target.type === 'number'
                ? { ...target, decimal: form as Attribute['decimal'] }
                : { ...target, order: form as Attribute['order'] },
            )
          }
        />
      )}
    </div>
  );
}
