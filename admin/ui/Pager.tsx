// One page of a long list: which rows of how many, and the ways to the page before and after.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { figure } from './numbers.ts';

interface Props {
  /** From 1. */
  page: number;
  perPage: number;
  shown: number;
  /** Undefined while it is counted. */
  total: number | undefined;
  onBefore: (() => void) | null;
  onAfter: (() => void) | null;
  /** A quiet sentence between the rows and the ways. */
  children?: React.ReactNode;
}

export function Pager({ page, perPage, shown, total, onBefore, onAfter, children }: Props) {
  const from = (page - 1) * perPage + 1;
  const to = from + shown - 1;
  return (
    <>
      <span className="t3 small nowrap" data-testid="pager">
        {figure(from)}–{figure(to)}
        {total !== undefined && ` of ${figure(Math.max(total, to))}`}
      </span>
      {children}
      <span className="row end" style={{ gap: 4 }}>
        <Step label="Previous page" onClick={onBefore}>
          <IconChevronLeft size={16} stroke={1.75} />
        </Step>
        <Step label="Next page" onClick={onAfter}>
          <IconChevronRight size={16} stroke={1.75} />
        </Step>
      </span>
    </>
  );
}

function Step(props: { label: string; onClick: (() => void) | null; children: React.ReactNode }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={props.label}
        aria-disabled={props.onClick ? undefined : true}
        data-disabled={props.onClick ? undefined : true}
        onClick={() => props.onClick?.()}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}
