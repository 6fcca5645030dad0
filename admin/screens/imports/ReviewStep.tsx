// The last step before the start: what will happen, in one place, with the first rows and what is doubtful.

import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { ColumnTarget, ContactImport } from '../../../contract/imports.ts';
import { Note } from '../../ui/Note.tsx';
import { counted, figure, fileSize } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { quoted } from '../../ui/quoted.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { useTargets } from './ColumnsStep.tsx';
import type { Choices } from './choices.ts';
import { columnNotes } from './column-notes.ts';
import { countryName } from './countries.ts';
import css from './Imports.module.css';
import { Preview } from './Preview.tsx';
import { peopleNotes } from './people-notes.ts';
import { policyHelp, policyWords } from './policy-words.ts';
import { rowsInWords } from './rows-words.ts';
import { type Address, type Declared, targetWords } from './target-words.ts';
import type { Draft } from './use-import.ts';

export function ReviewStep(props: {
  item: ContactImport;
  draft: Draft;
  choices: Choices;
  listName: string | null;
}) {
  const { item, draft, choices, listName } = props;
  const { declared, addresses } = useTargets();
  const { mapping, policy, tags, default_country } = draft.settings;
  const columns = item.columns.map(({ name }, index) => ({
    name,
    target: mapping[index] ?? { kind: 'ignore' as const },
  }));
  const used = columns.filter(({ target }) => target.kind !== 'ignore');
  const out = columns.filter(({ target }) => target.kind === 'ignore');
  const { consent } = choices;
  const facts: [string, ReactNode][] = [
    ['File', `${item.file_name}, ${fileSize(item.size_bytes)}`],
    ['Rows', rowsInWords(item.rows_estimate)],
    ['Who is there already', `${policyWords[policy]}. ${policyHelp[policy]}`],
    ...(default_country
      ? [['Country of phone numbers', countryName(default_country)] as [string, ReactNode]]
      : []),
    ['List', listName ?? 'None'],
    ['Tags for everybody', tags.length === 0 ? 'None' : tags.join(', ')],
    [
      'Consent',
      consent.state === 'nothing'
        ? 'Nothing is recorded'
        : `${consent.state === 'opted_in' ? 'Agreed to' : 'Want no'} offers on ${channelWord(consent.channel)}: ${quoted(consent.wording.trim())}`,
    ],
    ['Columns used', <UsedColumns key="used" columns={used} declared={declared} addresses={addresses} />],
    ['Columns left out', namesInWords(out.map(({ name }) => name))],
  ];
  const notes = [...columnNotes(draft.rows ?? [])].flatMap(([column, notes]) =>
    notes.map((note) => ({ ...note, column })),
  );
  const people = peopleNotes(draft.rows ?? []);
  return (
    <>
      <Section title="What will happen">
        <dl className={css.facts}>
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
      {notes.length > 0 && (
        <Note tone="warn">
          <div className="strong">
            To look at in the first {counted(draft.rows?.length ?? 0, 'row', 'rows')}
          </div>
          <ul>
            {notes.map(({ column, text }) => (
              <li key={column + text}>
                {column ? (
                  <>
                    <bdi>{column}</bdi>, {withinSentence(text)}
                  </>
                ) : (
                  text
                )}
              </li>
            ))}
          </ul>
          <div>Rejected rows are left out of the import and listed in its report, with the reasons.</div>
        </Note>
      )}
      {people.length > 0 && (
        <Note tone="warn">
          <div className="strong">To know of these people</div>
          <ul>
            {people.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      <Preview draft={draft} wholeRows={[]} />
    </>
  );
}

function namesInWords(names: string[]): string {
  if (names.length === 0) return 'None';
  if (names.length <= usedShown + 2) return names.join(', ');
  return `${names.slice(0, usedShown).join(', ')} and ${figure(names.length - usedShown)} more`;
}

type Used = { name: string; target: ColumnTarget }[];
const usedShown = 12;

function UsedColumns(props: { columns: Used; declared: Declared[]; addresses: Address[] }) {
  const { columns, declared, addresses } = props;
  const [all, setAll] = useState(columns.length <= usedShown + 2);
  return (
    <>
      <ul className={css.used}>
        {(all ? columns : columns.slice(0, usedShown)).map(({ name, target }) => (
          <li key={name}>
            <bdi>{name}</bdi> → {targetWords(target, declared, addresses)}
          </li>
        ))}
      </ul>
      {!all && (
        <Button size="xs" variant="default" mt={4} onClick={() => setAll(true)}>
          Show all {figure(columns.length)}
        </Button>
      )}
    </>
  );
}
