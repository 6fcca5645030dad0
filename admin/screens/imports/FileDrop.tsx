// The first step: a file is chosen or dropped, and goes up with its progress. What it is, the server reads from its bytes.
import { Button, Progress } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { type ContactImport, importLimits } from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { fileSize } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import css from './Imports.module.css';
import { importKey } from './use-import.ts';

/** Names that may hold a table; the server judges by what is in the file. */
const accept = {
  'text/csv': ['.csv', '.tsv', '.txt', '.tab'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
};
const most = `${importLimits.fileBytes / 2 ** 20} MB`;

export function FileDrop({ reason, campaign }: { reason: string | undefined; campaign: string | undefined }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<string>();
  const abort = useRef<AbortController>(null);

  const upload = async (chosen: File) => {
    setProblem(undefined);
    setFile(chosen);
    setShare(0);
    abort.current = new AbortController();
    try {
      const made = await api.upload<ContactImport>(chosen, setShare, abort.current.signal, '/imports');
      client.setQueryData(importKey(made.id), made);
      void client.invalidateQueries({ queryKey: keys.works('import') });
      await navigate({ to: '/contacts/import/$id', params: { id: made.id }, search: { campaign } });
    } catch (error) {
      if (!(error instanceof DOMException)) setProblem(`${chosen.name}: ${problemText(error)}`);
    } finally {
      setShare(null);
    }
  };
  const zone = useDropzone({
    multiple: false,
    // the button inside is what the keyboard uses
    noKeyboard: true,
    disabled: Boolean(reason) || share !== null,
    maxSize: importLimits.fileBytes,
    accept,
    onDropAccepted: ([chosen]) => chosen && void upload(chosen),
    onDropRejected: (rejected) => setProblem(whyNot(rejected.map((one) => one.file))),
  });
  return (
    <div>
      <div
        {...zone.getRootProps()}
        className={css.drop}
        data-over={zone.isDragActive || undefined}
        data-off={reason ? true : undefined}
      >
        <input {...zone.getInputProps({ 'aria-label': 'File to import' })} />
        <IconFileSpreadsheet size={32} stroke={1.5} className="t3" aria-hidden />
        {share === null || !file ? (
          <>
            <span className={css.dropTitle}>
              {zone.isDragActive ? 'Drop it here' : 'Drop a file here, or'}
            </span>
            {/* its click is the zone's, which opens the dialog */}
            <ReasonButton reason={reason}>Choose a file</ReasonButton>
            <span className="small t3">CSV, TSV or Excel (.xlsx), up to {most}. Nothing is written yet.</span>
          </>
        ) : (
          <>
            <span className={css.dropTitle}>
              {share < 1 ? `Uploading ${file.name}` : `Reading ${file.name}`}
            </span>
            <Progress className={css.dropBar} value={share * 100} size={6} aria-label="Upload progress" />
            <span className="small t3">
              {fileSize(share * file.size)} of {fileSize(file.size)}
            </span>
            <Button
              variant="default"
              onClick={(event) => {
                event.stopPropagation();
                abort.current?.abort();
              }}
            >
              Stop
            </Button>
          </>
        )}
      </div>
      <FieldProblem>{problem}</FieldProblem>
    </div>
  );
}

function whyNot(files: File[]): string {
  const [file] = files;
  if (!file) return 'This is no file. Choose a CSV, TSV or Excel file.';
  if (files.length > 1) return 'Choose one file at a time; each is an import of its own.';
  if (file.size > importLimits.fileBytes)
    return `${file.name} has ${fileSize(file.size)}, and a file may have up to ${most}. Divide it into several files.`;
  if (/\.xls$/i.test(file.name))
    return `${file.name} is of the old Excel format. Save it as .xlsx in Excel, or as CSV, and choose it again.`;
  return `${file.name} is no CSV, TSV or Excel file. Save the table as CSV or .xlsx, and choose it again.`;
}
