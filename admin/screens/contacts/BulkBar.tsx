// What can be done with the contacts that are chosen: laid over the table's head, on a phone in place of the footer, so that
// no row moves when one is chosen.
import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconChevronDown,
  IconDots,
  IconListCheck,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUserMinus,
  IconUsers,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMay } from '../../session.ts';
import { figure } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import css from './Contacts.module.css';
import type { Deed } from './DeedDialog.tsx';
import type { Selection } from './use-selection.ts';

interface Props {
  selection: Selection;
  /** Everybody whom the filter means; undefined while they are counted. */
  total: number | undefined;
  shown: number;
  /** The list shows everybody there is. */
  isUnfiltered: boolean;
  onDeed: (deed: Deed) => void;
}

export function BulkBar({ selection, total, shown, isUnfiltered, onDeed }: Props) {
  const narrow = useMediaQuery('(max-width: 1199px)', undefined, { getInitialValueInEffect: false });
  const { count, everybody } = selection;
  const rest = total !== undefined && total > shown && !everybody;
  const matching = total === undefined ? '' : `Select all ${figure(total)}${isUnfiltered ? '' : ' matching'}`;
  const more = rest && (
    <Menu.Item leftSection={<IconUsers size={16} />} onClick={selection.takeEverybody}>
      {matching}
    </Menu.Item>
  );
  return (
    <section className={css.bulk} aria-label="What to do with those selected">
      <span className={`ellipsis ${css.chosen}`} role="status">
        {count === undefined
          ? 'Counting'
          : everybody && count === total
            ? `All ${figure(count)} selected`
            : total === undefined
              ? `${figure(count)} selected`
              : `${figure(count)} of ${figure(total)} selected`}
      </span>
      {narrow ? (
        <NarrowDeeds onDeed={onDeed}>
          {selection.page !== 'all' && (
            <Menu.Item leftSection={<IconUsers size={16} />} onClick={selection.togglePage}>
              Select the {figure(shown)} on this page
            </Menu.Item>
          )}
          {more}
        </NarrowDeeds>
      ) : (
        <>
          {rest && (
            <Button variant="subtle" size="xs" onClick={selection.takeEverybody}>
              {matching}
            </Button>
          )}
          <span className={css.line} aria-hidden />
          <WideDeeds onDeed={onDeed} />
        </>
      )}
      <Button
        className="end"
        variant="subtle"
        size="xs"
        leftSection={<IconX size={14} />}
        aria-label="Clear the selection"
        onClick={selection.clear}
      >
        Clear
      </Button>
    </section>
  );
}

interface DeedsProps {
  onDeed: (deed: Deed) => void;
}

function useDeeds() {
  const write = useMay('contacts:write').reason;
  return {
    write,
    lists: useMay('segments:write').reason ?? write,
    erase: useMay('contacts:erase').reason,
  };
}

function WideDeeds({ onDeed }: DeedsProps) {
  const not = useDeeds();
  const button = (deed: Deed, label: string, icon: ReactNode, reason: string | undefined) => (
    <ReasonButton
      variant="subtle"
      size="xs"
      data-danger={deed === 'erase' || undefined}
      reason={reason}
      leftSection={icon}
      onClick={() => onDeed(deed)}
    >
      {label}
    </ReasonButton>
  );
  return (
    <>
      {button('add_tags', 'Add tags', <IconTag size={16} stroke={1.75} />, not.write)}
      {button('remove_tags', 'Remove tags', <IconTagOff size={16} stroke={1.75} />, not.write)}
      {not.lists ? (
        button('add_to_segment', 'Lists', <IconListCheck size={16} stroke={1.75} />, not.lists)
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              variant="subtle"
              size="xs"
              leftSection={<IconListCheck size={16} stroke={1.75} />}
              rightSection={<IconChevronDown size={14} />}
            >
              Lists
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <ListItems onDeed={onDeed} />
          </Menu.Dropdown>
        </Menu>
      )}
      {button('erase', 'Erase', <IconTrash size={16} stroke={1.75} />, not.erase)}
    </>
  );
}

/** One row, whatever the width: tags, and the rest in a menu. */
function NarrowDeeds({ onDeed, children }: DeedsProps & { children: ReactNode }) {
  const not = useDeeds();
  return (
    <>
      <Menu position="top-start">
        <Menu.Target>
          <ReasonButton variant="default" size="xs" reason={not.write} leftSection={<IconTag size={16} />}>
            Tags
          </ReasonButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTag size={16} />} onClick={() => onDeed('add_tags')}>
            Add tags
          </Menu.Item>
          <Menu.Item leftSection={<IconTagOff size={16} />} onClick={() => onDeed('remove_tags')}>
            Remove tags
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Menu position="top-end">
        <Menu.Target>
          <Button variant="default" size="xs" aria-label="More to do with those selected">
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {children}
          <ListItems onDeed={onDeed} disabled={not.lists !== undefined} />
          <Menu.Item
            color="red"
            disabled={not.erase !== undefined}
            leftSection={<IconTrash size={16} />}
            onClick={() => onDeed('erase')}
          >
            Erase
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function ListItems({ onDeed, disabled = false }: DeedsProps & { disabled?: boolean }) {
  return (
    <>
      <Menu.Item
        disabled={disabled}
        leftSection={<IconListCheck size={16} />}
        onClick={() => onDeed('add_to_segment')}
      >
        Add to a list
      </Menu.Item>
      <Menu.Item
        disabled={disabled}
        leftSection={<IconUserMinus size={16} />}
        onClick={() => onDeed('remove_from_segment')}
      >
        Remove from a list
      </Menu.Item>
    </>
  );
}
