// A secret that is shown this once: what it is, a copy button, and the warning that it will not be shown again.
import { CopyField } from './CopyField.tsx';
import { Note } from './Note.tsx';

export function SecretOnce({ label, value, hint }: { label: string; value: string; hint: string }) {
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <CopyField label={label} value={value} primary />
      <Note tone="warn">{hint}</Note>
    </div>
  );
}
