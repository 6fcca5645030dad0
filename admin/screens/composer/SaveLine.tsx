// Where the draft stands: saved, being saved, not saved and why.
import { IconAlertCircle, IconCloudCheck, IconCloudUpload } from '@tabler/icons-react';
import { useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { clock } from '../../ui/times.ts';
import type { DraftControl } from './use-draft.ts';

/** `left`: fields that cannot be stored yet. */
export function SaveLine({ control, left }: { control: DraftControl; left: number }) {
  const zone = useZone();
  const phone = usePhone();
  const words = wordsOf(control, left, zone);
  const bad = control.state === 'refused' || control.state === 'conflict';
  const Icon = bad ? IconAlertCircle : control.state === 'saved' ? IconCloudCheck : IconCloudUpload;
  return (
    <span
      className={`row small ${bad ? 'bad' : 't3'}`}
      style={{ gap: 4, flex: phone ? 'none' : undefined }}
      role="status"
    >
      <Icon size={14} stroke={1.75} aria-hidden />
      {phone ? (
        <>
          <span className="nowrap" aria-hidden>
            {control.state === 'saving'
              ? 'Saving'
              : control.state === 'changed'
                ? 'Not updated'
                : words.startsWith('Not') || words.includes('except')
                  ? 'Not saved'
                  : 'Saved'}
          </span>
          <span className="sr-only">{words}</span>
        </>
      ) : (
        <span className="nowrap ellipsis">{words}</span>
      )}
    </span>
  );
}

function wordsOf({ state, error, savedAt }: DraftControl, left: number, zone: string): string {
  if (state === 'saving') return 'Saving';
  if (state === 'waiting') return 'Not saved yet';
  if (state === 'changed') return 'Not updated yet';
  if (state === 'conflict') return 'Not saved';
  if (state === 'refused')
    return error?.status === 0 ? 'Not saved, kept here' : 'Not saved: see the marked field';
  const saved = `Saved ${clock(savedAt, zone)}`;
  // what was refused is named at its field as well
  const fields = left + (error?.errors.length ?? 0);
  return fields > 0 ? `${saved}, except ${fields === 1 ? '1 field' : `${fields} fields`} to complete` : saved;
}
