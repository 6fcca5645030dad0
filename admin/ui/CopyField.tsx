// A value that is pasted elsewhere, with a button that copies it.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useId } from 'react';
import css from './CopyField.module.css';

/** `primary`: copying it is what is to be done now. */
export function CopyField({ label, value, primary }: { label: string; value: string; primary?: boolean }) {
  const id = useId();
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <div>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <div className="row">
        <input
          id={id}
          readOnly
          value={value}
          className={`mono grow ${css.value}`}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          variant={primary ? 'filled' : 'default'}
          miw={96}
          aria-label={primary ? undefined : `Copy ${label}`}
          onClick={() => clipboard.copy(value)}
          leftSection={clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} stroke={1.75} />}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </div>
  );
}
