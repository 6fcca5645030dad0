// A secret that is shown this once: what it is, a copy button, and the warning that it will not be shown again.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Note } from './Note.tsx';

export function SecretOnce({ label, value, hint }: { label: string; value: string; hint: string }) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <label className="strong" htmlFor="secret-once">
        {label}
      </label>
      <div className="row">
        <input
          id="secret-once"
          readOnly
          value={value}
          className="mono grow"
          onFocus={(event) => event.currentTarget.select()}
          style={{
            height: 32,
            padding: '0 10px',
            border: '1px solid var(--c-control)',
            borderRadius: 6,
            background: 'var(--c-sunken)',
            color: 'var(--c-text)',
          }}
        />
        <Button
          miw={92}
          onClick={() => clipboard.copy(value)}
          leftSection={clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} stroke={1.75} />}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <Note tone="warn">{hint}</Note>
    </div>
  );
}
