// The first rows as they would be written, with their states: loading, refused, none.
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import type { ColumnNote } from './column-notes.ts';
import { PreviewTable } from './PreviewTable.tsx';
import type { Draft } from './use-import.ts';

export function Preview({ draft, wholeRows }: { draft: Draft; wholeRows: ColumnNote[] }) {
  const { rows, previewError, saving } = draft;
  const rejected = rows?.filter(({ outcome }) => outcome === 'rejected').length ?? 0;
  return (
    <Section
      title="The first rows as they will be written"
      help="Tried with the people who are there now. Nothing is written yet."
      aside={
        rejected > 0 && (
          <span className="bad">
            {figure(rejected)} of {figure(rows?.length ?? 0)} rejected
          </span>
        )
      }
    >
      {wholeRows.map((note) => (
        <p key={note.text} className={`small ${note.tone}`}>
          {note.text}
        </p>
      ))}
      {previewError && !rows ? (
        <Note tone="bad">{problemText(previewError)}</Note>
      ) : !rows ? (
        <BlockSkeleton height={32} count={5} />
      ) : rows.length === 0 ? (
        <p className="t3">There is no row below the names of the columns.</p>
      ) : (
        <PreviewTable rows={rows} stale={saving} />
      )}
    </Section>
  );
}
