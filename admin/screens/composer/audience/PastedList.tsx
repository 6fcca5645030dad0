// People by a pasted list: each line is looked up, and what is nobody, or more than one, is said by its line.
import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContactsFound } from '../../../../contract/contact-lookup.ts';
import { api } from '../../../api.ts';
import { FieldProblem, problemText } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { counted, people } from '../../../ui/numbers.ts';
import { foundWords } from './found-words.ts';

const mostPeople = 10_000;
const mostShown = 20;

export function PastedList(props: {
  chosen: string[];
  onDone: (ids: string[]) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const lookup = useMutation({
    mutationFn: (lines: string[]) => api.post<ContactsFound>('/contacts/lookup', { lines }),
  });
  const { data } = lookup;
  const ids = [...new Set([...props.chosen, ...(data?.found.map((one) => one.contact_id) ?? [])])];
  const lines = text.split('\n');
  const tooMany = ids.length > mostPeople;
  return (
    <>
      <Textarea
        label="One person a line"
        description="Each in a line of their own: e-mail, phone number, @username, your own id or full name"
        autosize
        minRows={6}
        maxRows={12}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          lookup.reset();
        }}
      />
      <FieldProblem>{lookup.error ? problemText(lookup.error) : undefined}</FieldProblem>
      <div aria-live="polite" style={{ marginTop: 8 }}>
        {data && (
          <>
            <p>{foundWords(data, props.chosen)}</p>
            {data.unknown.length > 0 && (
              <Note tone="warn">
                {data.unknown.some((line) => /[,;]/.test(lines[line - 1] ?? '')) &&
                  'Commas and semicolons do not separate people: write each in a line of their own. '}
                {counted(data.unknown.length, 'line means', 'lines mean')} nobody:{' '}
                {data.unknown
                  .slice(0, mostShown)
                  .map((line) => `${line} (${lines[line - 1]?.trim()})`)
                  .join(', ')}
                {data.unknown.length > mostShown && ' and more'}
              </Note>
            )}
            {data.several.length > 0 && (
              <Note tone="warn">
                {counted(data.several.length, 'line means', 'lines mean')} more than one person, and is left
                out:{' '}
                {data.several
                  .slice(0, mostShown)
                  .map((one) => `${one.line} (${lines[one.line - 1]?.trim()})`)
                  .join(', ')}
              </Note>
            )}
            {tooMany && (
              <Note tone="bad">A list holds at most {people(mostPeople)}. Import larger ones as a file.</Note>
            )}
          </>
        )}
      </div>
      <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={props.onClose}>
          Go back
        </Button>
        {data && data.found.length > 0 ? (
          <Button disabled={tooMany} onClick={() => props.onDone(ids)}>
            Use {people(ids.length)}
          </Button>
        ) : (
          <Button
            disabled={text.trim() === ''}
            loading={lookup.isPending}
            onClick={() => lookup.mutate(lines)}
          >
            Find them
          </Button>
        )}
      </div>
    </>
  );
}
