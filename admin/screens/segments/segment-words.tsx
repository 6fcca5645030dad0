// How a segment's kind, count and troubles are said.
import { Tooltip } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Segment } from '../../../contract/segments.ts';
import { useZone } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { figure } from '../../ui/numbers.ts';
import { momentShort } from '../../ui/times.ts';

export const kindWord = (segment: Pick<Segment, 'kind'>) => (segment.kind === 'rule' ? 'By rule' : 'List');

/** "1,204", and below it when that was counted. */
export function CountOf({ segment }: { segment: Segment }) {
  const zone = useZone();
  if (segment.count === null)
    return (
      <span className="t3" title={segment.count_problem ?? undefined}>
        {segment.count_problem ? 'Not counted' : 'Counting…'}
      </span>
    );
  return (
    <span className="col">
      <span className="strong">{figure(segment.count)}</span>
      {segment.counted_at && <span className="t3 small">as of {momentShort(segment.counted_at, zone)}</span>}
    </span>
  );
}

/** In a list: that something is wrong with it, and what. */
export function TroubleBadge({ segment }: { segment: Segment }) {
  const words = [...segment.problems.map((one) => one.detail), segment.count_problem]
    .filter(Boolean)
    .join(' ');
  if (!words) return null;
  return (
    <Tooltip label={words} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads the tooltip, too */}
      <span tabIndex={0}>
        <Badge tone="warn" icon={<IconAlertTriangle aria-hidden />}>
          Needs a look
        </Badge>
        <span className="sr-only">: {words}</span>
      </span>
    </Tooltip>
  );
}
