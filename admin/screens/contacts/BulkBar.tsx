// What can be done with the contacts that are chosen. It stands above the table and pushes nothing out of view.
import { Button, Checkbox, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconListCheck,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUserMinus,
  IconX,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../session.ts';
import { figure } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import css from './Contacts.module.css';
import { type Deed, DeedDialog } from './DeedDialog.tsx';
import type { Selection } from './use-selection.ts';

interface Props {
  selection: Selection;
  /** Everybody whom the filter means; undefined while they are counted. */
  total: number | undefined;
  shown: number;
  /** The list shows everybody there is. */
  isUnfiltered: boolean;
}

export function BulkBar({ selection, total, shown, isUnfiltered }: Props) {
  const write = useMay('contacts:write');
  const lists = useMay('segments:write');
  const erase = useMay('contacts:erase');
  const [deed, setDeed] = useState<Deed | null>(null);
  const { count, everybody } = selection;
  const rest = total !== undefined && total > shown && !everybody;
  const listReason = write.reason ?? lists.reason;
  return (
    <section className={css.bulk} aria-label="What to do with those selected">
      <Checkbox
        size="xs"
        aria-label="Select all rows of this page"
        checked={selection.page === 'all'}
        indeterminate={selection.page === 'some'}
        onChange={selection.togglePage}
      />
      <span className={css.chosen} role="status">
        {count === undefined
          ? 'Counting'
          : everybody && count === total
            ? `All ${figure(count)} selected`
            : total === undefined
              ? `${figure(count)} selected`
              : `${figure(count)} of ${figure(total)} selected`}
      </span>
      {rest && (
        <Button variant="subtle" size="xs" onClick={selection.takeEverybody}>
          Select all {figure(total)}
          {isUnfiltered ? '' : ' matching'}
        </Button>
      )}
      <span className={css.line} aria-hidden />
      <ReasonButton
        variant="subtle"
        reason={write.reason}
        leftSection={<IconTag size={16} stroke={1.75} />}
        onClick={() => setDeed('add_tags')}
      >
        Add tags
      </ReasonButton>
      <ReasonButton
        variant="subtle"
        reason={write.reason}
        leftSection={<IconTagOff size={16} stroke={1.75} />}
        onClick={() => setDeed('remove_tags')}
      >
        Remove tags
      </ReasonButton>
      {listReason ? (
        <ReasonButton
          variant="subtle"
          reason={listReason}
          leftSection={<IconListCheck size={16} stroke={1.75} />}
        >
          Lists
        </ReasonButton>
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              variant="subtle"
              leftSection={<IconListCheck size={16} stroke={1.75} />}
              rightSection={<IconChevronDown size={14} />}
            >
              Lists
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconListCheck size={16} />} onClick={() => setDeed('add_to_segment')}>
              Add to a list
            </Menu.Item>
            <Menu.Item
              leftSection={<IconUserMinus size={16} />}
              onClick={() => setDeed('remove_from_segment')}
            >
              Remove from a list
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <ReasonButton
        variant="subtle"
        data-danger
        reason={erase.reason}
        leftSection={<IconTrash size={16} stroke={1.75} />}
        onClick={() => setDeed('erase')}
      >
        Erase
      </ReasonButton>
      <Button
        className="end"
        variant="subtle"
        leftSection={<IconX size={14} />}
        aria-label="Clear the selection"
        onClick={selection.clear}
      >
        Clear
      </Button>
      {deed && (
        <DeedDialog
          deed={deed}
          select={selection.select}
          count={count}
          onClose={() => setDeed(null)}
          onStarted={() => {
            setDeed(null);
            selection.clear();
          }}
        />
      )}
    </section>
  );
}
