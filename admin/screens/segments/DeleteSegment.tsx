// Deleting a segment: its people stay. While something would go wrong without it, the dialog names that instead.
import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { people } from '../../ui/numbers.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { UserList, usersQuery } from './UsedBy.tsx';

interface Props {
  segment: Segment;
  opened: boolean;
  onClose: () => void;
  onDeleted?: (() => void) | undefined;
}

export function DeleteSegment({ segment, opened, onClose, onDeleted }: Props) {
  const client = useQueryClient();
  const { busy, error, run, clear } = useAction();
  const users = useQuery({ ...usersQuery(segment.id), enabled: opened, staleTime: 0 });
  const needing =
    users.data?.data.filter((one) => one.kind === 'segment' || one.status === 'scheduled') ?? [];
  const others = (users.data?.data.length ?? 0) - needing.length;
  const close = () => {
    clear();
    onClose();
  };
  const remove = () =>
    run(async () => {
      await api.delete(`/segments/${segment.id}`);
      close();
      onDeleted?.();
      tell(`“${segment.name}” deleted`);
      client.removeQueries({ queryKey: keys.segment(segment.id) });
      await client.invalidateQueries({ queryKey: keys.segments() });
    });
  if (needing.length > 0)
    return (
      <Modal
        opened={opened}
        onClose={close}
        title={`“${segment.name}” cannot be deleted yet`}
        size={480}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <p className="t2">
          {needing.length === 1
            ? 'This counts on it. Change it first:'
            : 'These count on it. Change them first:'}
        </p>
        <UserList users={needing} />
        <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
          <Button variant="default" data-autofocus onClick={close}>
            Go back
          </Button>
        </div>
      </Modal>
    );
  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete “${segment.name}”?`}
      action="Delete segment"
      busyLabel="Deleting"
      danger
      busy={busy}
      error={error}
      disabled={users.isPending}
      onClose={close}
      onConfirm={() => void remove()}
    >
      {segment.kind === 'rule'
        ? 'The rule is deleted. '
        : `The list of ${people(segment.count ?? 0)} is deleted. `}
      The people stay, and so do the reports of campaigns that were sent to it.
      {others > 0 &&
        ` ${others === 1 ? 'A campaign names' : `${others} campaigns name`} it: a draft cannot be sent until it has another audience.`}
    </ConfirmDialog>
  );
}
