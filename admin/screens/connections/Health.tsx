// How a number stands with WhatsApp, and what to do where it does not stand well.
import { IconAlertTriangle, IconCheck, IconHelpCircle, IconTrendingDown } from '@tabler/icons-react';
import type { AccountHealth, ConnectionHealth } from '../../../contract/connections.ts';
import { useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { moment } from '../../ui/times.ts';

const qualities = {
  green: { tone: 'ok', word: 'High', Icon: IconCheck },
  yellow: { tone: 'warn', word: 'Medium', Icon: IconTrendingDown },
  red: { tone: 'bad', word: 'Low', Icon: IconAlertTriangle },
} as const satisfies Record<string, { tone: BadgeTone; word: string; Icon: typeof IconCheck }>;

function Quality({ quality }: { quality: AccountHealth['quality'] }) {
  if (!quality)
    return (
      <Badge tone="mute" icon={<IconHelpCircle aria-hidden />}>
        Not rated yet
      </Badge>
    );
  const { tone, word, Icon } = qualities[quality];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

/** Rows of the card's list; nothing where the platform tells nothing. */
export function HealthFacts({ health }: { health: ConnectionHealth | null }) {
  const zone = useZone();
  if (!health) return null;
  return (
    <>
      <div>
        <dt>Quality with WhatsApp</dt>
        <dd title={`Asked ${moment(health.checked_at, zone)}`}>
          <Quality quality={health.quality} />
        </dd>
      </div>
      <div>
        <dt>New conversations in 24 hours</dt>
        <dd>{messagingLimitWords(health.messaging_limit)}</dd>
      </div>
    </>
  );
}

/** Shared by all numbers of one business. */
export function messagingLimitWords(limit: AccountHealth['messaging_limit']): string {
  if (limit === null) return 'Not told';
  return limit === 'unlimited' ? 'No limit' : `Up to ${figure(limit)} people`;
}

const tones = { blocks: 'bad', limits: 'warn', warns: 'info' } as const;
const weights = Object.keys(tones);

/** The worst first. */
export function HealthProblems({ health }: { health: ConnectionHealth | null }) {
  const problems = health?.problems.toSorted(
    (a, b) => weights.indexOf(a.severity) - weights.indexOf(b.severity),
  );
  return problems?.map(({ detail, solution, severity }) => (
    <Note key={`${detail} ${solution}`} tone={tones[severity]}>
      {detail}
      {solution && <span className="t2"> {solution}</span>}
    </Note>
  ));
}
