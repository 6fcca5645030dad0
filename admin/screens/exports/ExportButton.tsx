// "Export": the people a list shows, as a CSV file that is made in the background.
import { Checkbox, Radio } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import { type ContactExport, type ExportColumn, exportColumns } from '../../../contract/exports.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { people } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { columnWords } from './column-words.ts';
import css from './Exports.module.css';

interface Props {
  /** Whom; {}: everybody. */
  filter: ContactFilter;
  /** How many that are, where it is known. */
  count: number | undefined;
}

export function ExportButton({ filter, count }: Props) {
  const [asking, setAsking] = useState(false);
  const read = useMay('exports:write');
  return (
    <>
      <ReasonButton
        variant="default"
        reason={count === 0 ? 'There is nobody to export.' : read.reason}
        leftSection={<IconDownload size={16} stroke={1.75} />}
        onClick={() => setAsking(true)}
      >
        Export
      </ReasonButton>
      {asking && <ExportDialog filter={filter} count={count} onClose={() => setAsking(false)} />}
    </>
  );
}

export function ExportDialog({ filter, count, onClose }: Props & { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const starting = useAction();
  const [mode, setMode] = useState<'all' | 'some'>('all');
  const [columns, setColumns] = useState<ExportColumn[]>([
    'first_name',
    'last_name',
    'email',
    'phone',
    'tags',
  ]);
  const whom = count === undefined ? 'them' : people(count);
  const start = () =>
    starting.run(async () => {
      await api.post<ContactExport>('/exports', {
        filter,
        ...(mode === 'some' && { columns: exportColumns.filter((column) => columns.includes(column)) }),
      });
      void client.invalidateQueries({ queryKey: keys.works('export') });
      tell('The export has begun');
      await navigate({ to: '/contacts/exports' });
    });
  return (
    <ConfirmDialog
      opened
      title="Export contacts"
      action={`Export ${whom}`}
      busyLabel="Starting"
      busy={starting.busy}
      disabled={mode === 'some' && columns.length === 0}
      error={starting.error}
      onClose={onClose}
      onConfirm={() => void start()}
    >
      <p className={css.about}>
        A CSV file that spreadsheets open, one row for each person. Values that a spreadsheet could take for a
        formula are made harmless. Files made before are under{' '}
        <Link to="/contacts/exports" className={css.inText}>
          Exports
        </Link>
        .
      </p>
      <Radio.Group aria-label="Columns" value={mode} onChange={(value) => setMode(value as 'all' | 'some')}>
        <div className={css.modes}>
          <Radio value="all" size="xs" label="All columns, with every attribute" />
          <Radio value="some" size="xs" label="Only these columns" />
        </div>
      </Radio.Group>
      {mode === 'some' && (
        <Checkbox.Group
          aria-label="Columns to export"
          value={columns}
          onChange={(chosen) => setColumns(chosen as ExportColumn[])}
        >
          <div className={css.columns}>
            {exportColumns.map((column) => (
              <Checkbox key={column} size="xs" value={column} label={columnWords[column]} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </ConfirmDialog>
  );
}
