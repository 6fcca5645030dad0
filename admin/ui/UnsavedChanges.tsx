// Asks before what was changed and not saved is left behind: on the way to another page or part, and when the tab is closed.
import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './ConfirmDialog.tsx';

export function UnsavedChanges({ when, what }: { when: boolean; what: string }) {
  const blocker = useBlocker({
    shouldBlockFn: () => when,
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === 'blocked'}
      title="Leave without saving?"
      action="Leave without saving"
      safe="Stay here"
      danger
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      What you changed in {what} is not saved yet. If you leave now, it is lost; what was saved before stays
      as it is.
    </ConfirmDialog>
  );
}
