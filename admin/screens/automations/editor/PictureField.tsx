// The picture of an automation: an address, which may hold variables, or files as any campaign has them.
import { Button, TextInput } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { useState } from 'react';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Attachment } from '../../../../contract/message.ts';
import { AttachmentsField } from '../../composer/AttachmentsField.tsx';
import { VariableMenu } from '../../composer/VariableMenu.tsx';
import css from '../Automations.module.css';
import type { AutomationKind } from '../automation-words.ts';
import { addressIn, pictureOf, pictureWords } from './picture-words.ts';

interface Props {
  kind: AutomationKind;
  value: Attachment[];
  onChange: (value: Attachment[]) => void;
  problems: FieldProblem[];
  /** The preview has been drawn with exactly this. */
  known: boolean;
  disabled: boolean;
}

export function PictureField({ kind, value, onChange, problems, known, disabled }: Props) {
  const [files, setFiles] = useState(false);
  const address = addressIn(value);
  if (address === undefined || files)
    return (
      <div>
        <AttachmentsField value={value} onChange={onChange} problems={problems} disabled={disabled} />
        {address !== undefined && !disabled && (
          <Button size="xs" variant="subtle" mt={4} onClick={() => setFiles(false)}>
            Back to the image URL
          </Button>
        )}
      </div>
    );
  const problem = problems.find(({ pointer }) => pointer.startsWith('/content/media'))?.detail;
  const put = (url: string) => onChange(url === '' ? [] : [{ url }]);
  const said = pictureWords(kind, address);
  const fine = said.fine && known && !problem;
  const usual = pictureOf[kind];
  return (
    <div data-field="/content/media">
      <div className={css.fieldRow}>
        <TextInput
          className="grow"
          label={
            <>
              Image URL <span className="t3">optional</span>
            </>
          }
          aria-label="Image URL"
          placeholder="https://"
          disabled={disabled}
          value={address}
          error={problem}
          data-fine={fine || undefined}
          rightSection={
            fine ? <IconCircleCheckFilled size={16} className={css.fineIcon} aria-hidden /> : undefined
          }
          onChange={(event) => put(event.currentTarget.value.trimStart())}
        />
        <VariableMenu compact kind={kind} disabled={disabled} onPick={(snippet) => put(address + snippet)} />
      </div>
      {!problem && (
        <p className={css.help} data-fine={fine || undefined}>
          {said.words}
        </p>
      )}
      {!disabled && (
        <div className="row wrap" style={{ gap: 4 }}>
          {usual && address.replace(/\s+/g, '') !== usual.url.replace(/\s+/g, '') && (
            <Button size="xs" variant="subtle" onClick={() => put(usual.url)}>
              {usual.offer}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => setFiles(true)}>
            Upload a file instead
          </Button>
        </div>
      )}
    </div>
  );
}
