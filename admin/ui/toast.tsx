// Short notices at the lower edge: what happened, and where it makes sense the way back.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { problemText } from './FieldProblem.tsx';

const closeButtonProps = { 'aria-label': 'Close this notice' };

export function tell(message: string, action?: { label: string; run: () => void }): void {
  const id = notifications.show({
    message: (
      <span className="row">
        <span className="grow">{message}</span>
        {action && (
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              notifications.hide(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </span>
    ),
    icon: <IconCircleCheckFilled size={18} style={{ color: 'var(--c-ok)' }} />,
    color: 'transparent',
    withBorder: false,
    closeButtonProps,
    autoClose: action ? 8000 : 4000,
  });
}

/** A problem that has no field to stand beside. It stays until it is closed. */
export function tellProblem(what: string, error: unknown): void {
  notifications.show({
    title: what,
    message: problemText(error),
    icon: <IconAlertCircle size={18} style={{ color: 'var(--c-bad-text)' }} />,
    color: 'transparent',
    autoClose: 12_000,
    closeButtonProps,
    role: 'alert',
  });
}
