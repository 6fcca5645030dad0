// Where the draft stands: saved, being saved, not saved and why.
import { IconAlertCircle, IconCloudCheck, IconCloudUpload } from '@tabler/icons-react';
import { useZone } from '../../session.ts';
import { clock } from '../../ui/times.ts';
import type { DraftControl } from './use-draft.ts';

export function SaveLine({ control, left }: { control: DraftControl; left: number }) {
  const zone = useZone();
  const { state, error, savedAt } = control;
  const bad = state === 'refused' || state === 'conflict';
  const words =
    state === 'saving'
      ? 'Saving'
      : state === 'waiting'
        ? 'Not saved yet'
        : state === 'conflict'
          ? 'Not saved'
          : state === 'refused'
            ? error?.status === 0
              ? 'Not saved, kept here'
              : 'Not saved: see the marked field'
            : left > 0
              ? `Saved ${clock(savedAt, zone)}, except ${left === 1 ? '1 field' : `${left} fields`} to complete`
              : `Saved ${clock(savedAt, zone)}`;
  const Icon = bad ? IconAlertCircle : state === 'saved' ? IconCloudCheck : IconCloudUpload;
  return (
    <span className={`row small ${bad ? 'bad' : 't3'}`} style={{ gap: 4 }} role="status">
      <Icon size={14} stroke={1.75} aria-hidden />
      <span className="nowrap ellipsis">{words}</span>
    </span>
  );
}
