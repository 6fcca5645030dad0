// Where an import is, in colour, icon and word.
import { IconAlertTriangle, IconBan, IconCheck, IconClock, IconPencil } from '@tabler/icons-react';
import type { ContactImport } from '../../../contract/imports.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';

const looks: Record<
  ContactImport['status'],
  { tone: BadgeTone; icon: typeof IconCheck | null; word: string }
> = {
  mapping: { tone: 'mute', icon: IconPencil, word: 'Not started' },
  queued: { tone: 'info', icon: IconClock, word: 'Waiting' },
  running: { tone: 'brand', icon: null, word: 'Importing' },
  finished: { tone: 'ok', icon: IconCheck, word: 'Finished' },
  failed: { tone: 'bad', icon: IconAlertTriangle, word: 'Stopped' },
  cancelled: { tone: 'outline', icon: IconBan, word: 'Cancelled' },
};

export function StatusBadge({ status }: { status: ContactImport['status'] }) {
  const { tone, icon: Icon, word } = looks[status];
  return (
    <Badge tone={tone} live={Icon === null} icon={Icon && <Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
