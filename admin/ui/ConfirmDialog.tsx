// A dialog before something that cannot be taken back: count, consequence, and the safe button first in focus order.
import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { problemText } from './FieldProblem.tsx';
import { Note } from './Note.tsx';

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** Verb and object: "Delete connection". */
  action: string;
  busyLabel?: string;
  safe?: string;
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  icon?: ReactNode;
  /** A quiet sentence beside the buttons. */
  hint?: string;
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="t2">{props.children}</div>
      {props.error ? (
        <div style={{ marginTop: 12 }}>
          <Note tone="bad">{problemText(props.error)}</Note>
        </div>
      ) : null}
      <div className="row wrap" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        {props.hint && <span className="t3 small grow">{props.hint}</span>}
        <Button variant="default" data-autofocus onClick={props.onClose}>
          {props.safe ?? 'Go back'}
        </Button>
        <Button
          data-danger={props.danger || undefined}
          leftSection={props.icon}
          disabled={props.disabled}
          aria-disabled={props.busy || undefined}
          onClick={() => !props.busy && props.onConfirm()}
        >
          {props.busy ? (props.busyLabel ?? 'Working') : props.action}
        </Button>
      </div>
    </Modal>
  );
}
