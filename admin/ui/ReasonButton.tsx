// A button that, where it cannot be used, stays focusable and says why.
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

interface Props extends ButtonProps {
  /** Why not. Undefined: the button works. */
  reason?: string | undefined;
  onClick?: () => void;
  type?: 'button' | 'submit';
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
  'data-danger'?: boolean;
  'aria-label'?: string;
  'data-autofocus'?: boolean;
}

export function ReasonButton({ reason, onClick, children, ...rest }: Props) {
  const button = (
    <Button
      {...rest}
      data-disabled={reason ? true : undefined}
      aria-disabled={reason ? true : undefined}
      onClick={(event) => {
        if (reason) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </Button>
  );
  return reason ? <Tooltip label={reason}>{button}</Tooltip> : button;
}
