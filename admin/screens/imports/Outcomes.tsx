// What becomes of a row, in colour, icon and word; and the rows of a whole import as one bar whose parts sum to it.
import { IconAlertTriangle, IconCheck, IconEqual, IconPlus } from '@tabler/icons-react';
import type { ContactImport, PreviewRow } from '../../../contract/imports.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { ProgressParts } from '../../ui/ProgressParts.tsx';

const outcomes: Record<PreviewRow['outcome'], { tone: BadgeTone; icon: typeof IconCheck; will: string }> = {
  created: { tone: 'ok', icon: IconPlus, will: 'New' },
  updated: { tone: 'info', icon: IconCheck, will: 'Updated' },
  skipped: { tone: 'outline', icon: IconEqual, will: 'Stays' },
  rejected: { tone: 'bad', icon: IconAlertTriangle, will: 'Rejected' },
};

export function OutcomeBadge({ outcome }: { outcome: PreviewRow['outcome'] }) {
  const { tone, icon: Icon, will } = outcomes[outcome];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {will}
    </Badge>
  );
}

export function OutcomeBar({ of }: { of: ContactImport }) {
  const { created, updated, skipped, rejected, processed } = of;
  // two rows of the file that mean one person became one
  const same = Math.max(0, processed - created - updated - skipped - rejected);
  return (
    <ProgressParts
      noun="rows"
      total={processed}
      parts={[
        { label: 'Created', value: created, color: 'var(--c-ok)', always: true },
        { label: 'Updated', value: updated, color: 'var(--c-info)', always: true },
        { label: 'Left as they are', value: skipped, color: 'var(--c-series-3)' },
        { label: 'Same person as another row', value: same, color: 'var(--c-series-2)' },
        { label: 'Rejected', value: rejected, color: 'var(--c-bad)', always: true },
      ]}
    />
  );
}
