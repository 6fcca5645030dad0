// One line of a profile: name and value, and after a press on the pencil its field, with Save and Cancel. Enter saves,
// Escape leaves it as it was; what was typed stays when saving does not work.
import { ActionIcon, Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { Contact, ContactPatch } from '../../../contract/contacts.ts';
import { useMay } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Breakable } from './Breakable.tsx';
import css from './Contact.module.css';
import { useFieldSave } from './use-field-save.ts';
import { useFirstField } from './use-first-field.ts';

interface Props<Draft> {
  label: string;
  contact: Contact;
  /** What stands there; "Not known" where it is empty. */
  shown: ReactNode;
  /** Where it comes from, in small. */
  hint?: ReactNode;
  /** The field in the stored contact, to see whether somebody else changed it. */
  read: (contact: Contact) => unknown;
  draft: () => Draft;
  editor: (props: {
    value: Draft;
    onChange: (value: Draft) => void;
    label: string;
    error: string | undefined;
  }) => ReactNode;
  /** Null: not to be saved as it is; `wrong` says why. */
  change: (value: Draft) => ContactPatch | null;
  wrong?: (value: Draft) => string | undefined;
  /** Where the server names it. */
  pointer: string;
  /** Takes the value away. */
  clear?: { label: string; change: ContactPatch } | undefined;
  /** The value below its name, over the whole width. */
  wide?: boolean;
}

export function EditRow<Draft>(props: Props<Draft>) {
  const { contact, label, pointer } = props;
  const write = useMay('contacts:write');
  const { busy, error, begin, save } = useFieldSave(contact, props.read);
  const [draft, setDraft] = useState<{ value: Draft } | null>(null);
  const [tried, setTried] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const form = useFirstField(draft !== null);

  const close = () => {
    setDraft(null);
    requestAnimationFrame(() => pencil.current?.focus());
  };
  const open = () => {
    begin();
    setTried(false);
    setDraft({ value: props.draft() });
  };
  const put = async (change: ContactPatch | null) => {
    setTried(true);
    if (change && (await save(change))) close();
  };
  if (!draft)
    return (
      <div className={css.field} data-wide={props.wide || undefined}>
        <dt>
          <Breakable text={label} />
        </dt>
        <dd>
          <div className={css.value}>
            {props.shown}
            {props.hint && <div className="small t3">{props.hint}</div>}
          </div>
          {write.may && (
            <ActionIcon
              ref={pencil}
              variant="subtle"
              size={24}
              className={css.pencil}
              aria-label={`Edit ${label.toLowerCase()}`}
              onClick={open}
            >
              <IconPencil size={14} stroke={1.75} />
            </ActionIcon>
          )}
        </dd>
      </div>
    );
  const problem =
    (tried && props.wrong?.(draft.value)) || problemAt(error, pointer) || problemElsewhere(error, [pointer]);
  return (
    <div className={css.field} data-editing data-wide={props.wide || undefined}>
      <dt aria-hidden>
        <Breakable text={label} />
      </dt>
      <dd>
        <form
          ref={form}
          className={css.editor}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void put(props.change(draft.value));
          }}
          onKeyDown={(event) => {
            // an open list of choices takes the first Escape for itself
            const isOpen = (event.target as HTMLElement).getAttribute('aria-expanded') === 'true';
            if (event.key === 'Escape' && !isOpen) close();
          }}
        >
          {props.editor({
            value: draft.value,
            onChange: (value) => setDraft({ value }),
            label,
            error: problem || undefined,
          })}
          <div className="row wrap">
            <Button type="submit" size="xs" miw={56} aria-disabled={busy || undefined}>
              {busy ? 'Saving' : 'Save'}
            </Button>
            <Button size="xs" variant="subtle" onClick={close}>
              Cancel
            </Button>
            {props.clear && (
              <Button
                size="xs"
                variant="subtle"
                className="end"
                onClick={() => void put(props.clear?.change ?? null)}
              >
                {props.clear.label}
              </Button>
            )}
          </div>
        </form>
      </dd>
    </div>
  );
}
