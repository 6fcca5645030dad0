// The second step: what each column becomes, suggested by its name and values, with the first rows as they would be written.

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useRef } from 'react';
import type { AttributeDeclaration } from '../../../contract/attributes.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { ColumnTarget, ContactImport } from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';
import { connectionsQuery } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { counted, figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { handleOf } from '../connections/handle.ts';
import { ColumnRow } from './ColumnRow.tsx';
import { columnNotes } from './column-notes.ts';
import { FileReading, readingProblem } from './FileReading.tsx';
import css from './Imports.module.css';
import { Preview } from './Preview.tsx';
import { type Address, type Declared, exclusive, targetChoices } from './target-words.ts';
import type { Draft } from './use-import.ts';

const noDeclarations: Declared[] = [];

/** What a column can become in this workspace. */
export function useTargets(): { declared: Declared[]; addresses: Address[] } {
  const attributes = useQuery({
    queryKey: keys.attributes,
    queryFn: ({ signal }) => api.get<{ data: AttributeDeclaration[] }>('/attributes', undefined, signal),
    staleTime: 30_000,
  });
  const { data: connections } = useQuery(connectionsQuery);
  const addresses = useMemo(
    () =>
      // a number's address is the phone number, which has a column of its own
      (connections?.data ?? [])
        .filter(({ channel }) => factsOf(channel).account === 'bot')
        .map((one) => ({ id: one.id, label: `${factsOf(one.channel).name} id at ${handleOf(one)}` })),
    [connections],
  );
  return { declared: attributes.data?.data ?? noDeclarations, addresses };
}

/**
 * What each column can become, where another column may be it already. Drawn anew only when that changes, so that typing the
 * name of an attribute draws one row of two hundred.
 */
function useChoicesOfColumns(
  item: ContactImport,
  mapping: ColumnTarget[],
  declared: Declared[],
  addresses: Address[],
) {
  const taken = mapping.flatMap((target, index) => {
    const key = exclusive(target);
    const isChoice =
      key && (target.kind !== 'attribute' || declared.some(({ name }) => name === target.name));
    return isChoice ? [[key, item.columns[index]?.name ?? '']] : [];
  });
  const kinds = mapping.map((target) =>
    target.kind === 'attribute' ? '' : (exclusive(target) ?? target.kind),
  );
  const signature = JSON.stringify([taken, kinds]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature says whether anything of the mapping that counts here is another
  return useMemo(
    () =>
      mapping.map((target) => {
        const others = new Map(taken as [string, string][]);
        // its own choice is not taken for a column
        const own = exclusive(target);
        if (own) others.delete(own);
        return targetChoices(target, declared, addresses, others);
      }),
    [signature, declared, addresses],
  );
}

export function ColumnsStep({ item, draft }: { item: ContactImport; draft: Draft }) {
  const { declared, addresses } = useTargets();
  const { mapping } = draft.settings;
  const notes = useMemo(() => columnNotes(draft.rows ?? []), [draft.rows]);
  // the row that was changed is drawn first, what the others may become when there is time
  const choices = useDeferredValue(useChoicesOfColumns(item, mapping, declared, addresses));
  // a stable function, so that forty rows are not drawn anew for one
  const latest = useRef({ mapping, draft });
  latest.current = { mapping, draft };
  const change = useCallback((index: number, target: ColumnTarget, later?: boolean) => {
    const { mapping, draft } = latest.current;
    draft.change({ mapping: mapping.with(index, target) }, later);
  }, []);
  const isNew = (target: ColumnTarget) =>
    target.kind === 'attribute' && !declared.some(({ name }) => name === target.name);
  const used = mapping.filter(({ kind }) => kind !== 'ignore').length;
  const added = mapping.filter(isNew).length;
  const fields = ['/encoding', '/delimiter', '/sheet', '/default_country'];
  const elsewhere = problemElsewhere(draft.error, [
    ...fields,
    ...mapping.map((_, index) => `/mapping/${index}`),
  ]);
  const saidAbove = (['encoding', 'delimiter'] as const).some((choice) =>
    readingProblem(draft.error, choice),
  );
  return (
    <>
      <Section title="How the file is read" aside={draft.saving ? 'Reading it again' : undefined}>
        <FileReading item={item} draft={draft} />
      </Section>
      {elsewhere && !saidAbove && <Note tone="bad">{elsewhere}</Note>}
      <Section
        title="Columns"
        help="Suggested by their names and first values. Change what is wrong; what you leave out is not read."
        aside={`${figure(used)} of ${counted(mapping.length, 'column is', 'columns are')} used`}
      >
        {added > 1 && (
          <div className={css.manyNew}>
            <span className="small t2 grow">
              {figure(added)} columns become new attributes, which every contact can then have.
            </span>
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                draft.change({
                  mapping: mapping.map((target) => (isNew(target) ? { kind: 'ignore' } : target)),
                })
              }
            >
              Leave all of them out
            </Button>
          </div>
        )}
        <div className={css.columnHead} aria-hidden>
          <span>Column</span>
          <span>Becomes</span>
          <span>To look at</span>
        </div>
        <ul aria-label="Columns">
          {item.columns.map((column, index) => {
            const target = mapping[index];
            return (
              target && (
                <ColumnRow
                  key={column.name}
                  column={column}
                  index={index}
                  target={target}
                  choices={choices[index] ?? []}
                  declared={declared}
                  notes={notes.get(column.name) ?? none}
                  problem={problemAt(draft.error, `/mapping/${index}`)}
                  onChange={change}
                />
              )
            );
          })}
        </ul>
      </Section>
      <Preview draft={draft} wholeRows={notes.get('') ?? none} />
    </>
  );
}

const none: never[] = [];
