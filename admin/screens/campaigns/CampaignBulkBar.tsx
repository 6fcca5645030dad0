// What can be done with the campaigns that are chosen: laid over the table's head, on a phone in place of the footer.
import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconArchive,
  IconChevronDown,
  IconCopy,
  IconDots,
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconSparkles,
  IconStar,
  IconStarOff,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { CampaignDeed } from '../../../contract/campaign-bulk.ts';
import { useMay } from '../../session.ts';
import { figure } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import type { Choice } from '../../ui/use-choice.ts';
import css from '../contacts/Contacts.module.css';

interface Props {
  choice: Choice;
  /** All that the filter means; undefined while they are counted. */
  total: number | undefined;
  shown: number;
  onDeed: (deed: CampaignDeed) => void;
  /** The address of a file with those chosen; null: they can only be had by a filter. */
  file: string | null;
}

const exportIcon = <IconDownload size={16} stroke={1.75} />;
const tooMany = 'Up to 200 can be exported by hand. For more narrow the list and export it whole.';
const untrainable = 'Training comes with automatic replies, which are not possible yet.';

export function CampaignBulkBar({ choice, total, shown, onDeed, file }: Props) {
  const narrow = useMediaQuery('(max-width: 1199px)', undefined, { getInitialValueInEffect: false });
  const write = useMay('campaigns:write').reason;
  const { count, everybody } = choice;
  const matching = `Select all ${figure(total ?? 0)}`;
  const more = total !== undefined && total > shown && !everybody;
  return (
    <section className={css.bulk} aria-label="What to do with those selected">
      <span className={`ellipsis ${css.chosen}`} role="status">
        {count === undefined
          ? 'Counting'
          : total === undefined
            ? `${figure(count)} selected`
            : count === total
              ? `All ${figure(count)} selected`
              : `${figure(count)} of ${figure(total)} selected`}
      </span>
      {more && !narrow && (
        <Button variant="subtle" size="xs" onClick={choice.takeEverybody}>
          {matching}
        </Button>
      )}
      {!narrow && <span className={css.line} aria-hidden />}
      <Menu position={narrow ? 'top-start' : 'bottom-start'}>
        <Menu.Target>
          <ReasonButton
            variant={narrow ? 'default' : 'subtle'}
            size="xs"
            reason={write}
            leftSection={<IconRefresh size={16} stroke={1.75} />}
            rightSection={<IconChevronDown size={14} />}
          >
            Change status
          </ReasonButton>
        </Menu.Target>
        <Menu.Dropdown>
          <StatusItems onDeed={onDeed} />
        </Menu.Dropdown>
      </Menu>
      {!narrow && (
        <>
          <ReasonButton
            variant="subtle"
            size="xs"
            reason={write ?? untrainable}
            leftSection={<IconSparkles size={16} stroke={1.75} />}
          >
            Update training
          </ReasonButton>
          <ReasonButton
            variant="subtle"
            size="xs"
            reason={write}
            leftSection={<IconCopy size={16} stroke={1.75} />}
            onClick={() => onDeed({ do: 'duplicate' })}
          >
            Duplicate
          </ReasonButton>
          {file === null ? (
            <ReasonButton variant="subtle" size="xs" reason={tooMany} leftSection={exportIcon}>
              Export
            </ReasonButton>
          ) : (
            <Button variant="subtle" size="xs" component="a" href={file} download leftSection={exportIcon}>
              Export
            </Button>
          )}
          <ReasonButton
            variant="subtle"
            size="xs"
            data-danger
            reason={write}
            leftSection={<IconTrash size={16} stroke={1.75} />}
            onClick={() => onDeed({ do: 'delete' })}
          >
            Delete
          </ReasonButton>
        </>
      )}
      <Menu position={narrow ? 'top-end' : 'bottom-end'}>
        <Menu.Target>
          <Button
            variant={narrow ? 'default' : 'subtle'}
            size="xs"
            aria-label="More to do with those selected"
          >
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {narrow && choice.page !== 'all' && (
            <Menu.Item onClick={choice.togglePage}>Select the {figure(shown)} on this page</Menu.Item>
          )}
          {narrow && more && <Menu.Item onClick={choice.takeEverybody}>{matching}</Menu.Item>}
          <MoreItems onDeed={onDeed} all={narrow ?? false} file={file} disabled={write !== undefined} />
        </Menu.Dropdown>
      </Menu>
      <Button
        className="end"
        variant="subtle"
        size="xs"
        leftSection={<IconX size={14} />}
        aria-label="Clear the selection"
        onClick={choice.clear}
      >
        Clear
      </Button>
    </section>
  );
}

function StatusItems({ onDeed }: Pick<Props, 'onDeed'>) {
  const send = useMay('campaigns:send');
  const to = (status: Extract<CampaignDeed, { do: 'change_status' }>['status']) => () =>
    onDeed({ do: 'change_status', status });
  return (
    <>
      <Menu.Item disabled={!send.may} leftSection={<IconPlayerPause size={16} />} onClick={to('paused')}>
        Pause
      </Menu.Item>
      <Menu.Item disabled={!send.may} leftSection={<IconPlayerPlay size={16} />} onClick={to('sending')}>
        Resume sending
      </Menu.Item>
      <Menu.Item disabled={!send.may} leftSection={<IconPlayerStop size={16} />} onClick={to('cancelled')}>
        Cancel
      </Menu.Item>
      <Menu.Item leftSection={<IconArchive size={16} />} onClick={to('archived')}>
        Archive
      </Menu.Item>
      {!send.may && <Menu.Label>{send.reason}</Menu.Label>}
    </>
  );
}

/** `all`: also what has a button of its own on a wide screen. */
function MoreItems({
  onDeed,
  all,
  file,
  disabled,
}: Pick<Props, 'onDeed' | 'file'> & { all: boolean; disabled: boolean }) {
  return (
    <>
      <Menu.Item
        disabled={disabled}
        leftSection={<IconStar size={16} />}
        onClick={() => onDeed({ do: 'feature', featured: true })}
      >
        Feature
      </Menu.Item>
      <Menu.Item
        disabled={disabled}
        leftSection={<IconStarOff size={16} />}
        onClick={() => onDeed({ do: 'feature', featured: false })}
      >
        No longer feature
      </Menu.Item>
      {all && (
        <>
          <Menu.Item
            disabled={disabled}
            leftSection={<IconCopy size={16} />}
            onClick={() => onDeed({ do: 'duplicate' })}
          >
            Duplicate
          </Menu.Item>
          {file !== null && (
            <Menu.Item component="a" href={file} download leftSection={<IconDownload size={16} />}>
              Export
            </Menu.Item>
          )}
          <Menu.Item disabled leftSection={<IconSparkles size={16} />}>
            Update training
          </Menu.Item>
          <Menu.Label>{untrainable}</Menu.Label>
          <Menu.Item
            disabled={disabled}
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() => onDeed({ do: 'delete' })}
          >
            Delete
          </Menu.Item>
        </>
      )}
    </>
  );
}
