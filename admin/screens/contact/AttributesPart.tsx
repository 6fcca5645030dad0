// What the shop knows about a person beyond the profile: values by their declared types, and those nobody declared.
import { Autocomplete, Button, Select, TagsInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { AttributeDeclaration } from '../../../contract/attributes.ts';
import type { Contact } from '../../../contract/contacts.ts';
import type { AttributeType } from '../../../contract/rules.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import {
  type AttributeDraft,
  draftOf,
  emptyDraft,
  inWords,
  typeOf,
  typeWords,
  valueOfDraft,
  wrongDraft,
} from './attribute-values.ts';
import css from './Contact.module.css';
import { EditRow } from './EditRow.tsx';
import { useFieldSave } from './use-field-save.ts';
import { useFirstField } from './use-first-field.ts';

export function useAttributes() {
  return useQuery({
    queryKey: keys.attributes,
    queryFn: ({ signal }) => api.get<{ data: AttributeDeclaration[] }>('/attributes', undefined, signal),
    staleTime: 30_000,
  });
}

export function AttributesPart({ contact }: { contact: Contact }) {
  const { data } = useAttributes();
  const [adding, setAdding] = useState(false);
  const write = useMay('contacts:write');
  const declared = new Map(data?.data.map((one) => [one.name, one]));
  const names = Object.keys(contact.attributes).sort();
  return (
    <section className={css.part} aria-labelledby="contact-attributes">
      <div className={css.partHead}>
        <h2 id="contact-attributes">Attributes</h2>
        <Link to="/settings" search={{ part: 'attributes' }} className="small end">
          Declared types
        </Link>
      </div>
      {names.length === 0 && !adding && <p className="t3">None yet. Your shop sets them over the API.</p>}
      <dl>
        {names.map((name) => (
          <AttributeRow key={name} contact={contact} name={name} declared={declared.get(name)} />
        ))}
      </dl>
      {adding ? (
        <AddAttribute contact={contact} declared={declared} onClose={() => setAdding(false)} />
      ) : (
        <ReasonButton
          size="xs"
          variant="default"
          mt={8}
          reason={write.reason}
          leftSection={<IconPlus size={14} stroke={1.75} />}
          onClick={() => setAdding(true)}
        >
          Add attribute
        </ReasonButton>
      )}
    </section>
  );
}

function AttributeRow(props: { contact: Contact; name: string; declared: AttributeDeclaration | undefined }) {
  const { contact, name, declared } = props;
  const value = contact.attributes[name];
  const type = declared?.type ?? typeOf(value);
  const said = inWords(value, type);
  return (
    <EditRow
      label={name}
      contact={contact}
      shown={said === null ? <span className="t3">Empty</span> : <span className={css.text}>{said}</span>}
      hint={declared?.description}
      read={(row) => row.attributes[name]}
      pointer={`/attributes/${name}`}
      draft={() => draftOf(value, type)}
      wrong={wrongDraft}
      change={(draft: AttributeDraft) =>
        wrongDraft(draft) ? null : { attributes: { [name]: valueOfDraft(draft) } }
      }
      editor={(editor) => <ValueField {...editor} unlabelled />}
      clear={{ label: 'Remove', change: { attributes: { [name]: null } } }}
    />
  );
}

interface FieldProps {
  value: AttributeDraft;
  onChange: (draft: AttributeDraft) => void;
  label: string;
  error: string | undefined;
  /** The name stands above it already. */
  unlabelled?: boolean;
}
function ValueField({ value: draft, onChange, label, error, unlabelled }: FieldProps) {
  const common = { ...(unlabelled ? { 'aria-label': `Value of ${label}` } : { label: 'Value' }), error };
  if (draft.type === 'list')
    return (
      <TagsInput
        {...common}
        placeholder="Type and press Enter"
        value={draft.list}
        acceptValueOnBlur
        onChange={(list) => onChange({ ...draft, list })}
      />
    );
  if (draft.type === 'boolean')
    return (
      <Select
        {...common}
        data={[
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]}
        placeholder="Yes or no"
        value={draft.text || null}
        onChange={(text) => onChange({ ...draft, text: text ?? '' })}
      />
    );
  return (
    <TextInput
      {...common}
      // a day with a time of day is no day for the browser's field
      type={draft.type === 'date' && draft.text.length <= 10 ? 'date' : 'text'}
      inputMode={draft.type === 'number' ? 'decimal' : undefined}
      placeholder={draft.type === 'number' ? '42' : undefined}
      value={draft.text}
      onChange={(event) => onChange({ ...draft, text: event.currentTarget.value })}
    />
  );
}

function AddAttribute(props: {
  contact: Contact;
  declared: Map<string, AttributeDeclaration>;
  onClose: () => void;
}) {
  const { contact, declared, onClose } = props;
  const [name, setName] = useState('');
  const [draft, setDraft] = useState<AttributeDraft>(emptyDraft('text'));
  const [tried, setTried] = useState(false);
  const { busy, error, begin, save } = useFieldSave(contact, (row) => row.attributes[name]);
  const form = useFirstField(true);
  const known = declared.get(name);
  const type = known?.type ?? draft.type;
  const shown: AttributeDraft = type === draft.type ? draft : emptyDraft(type);
  const wrongName = !/^[a-z][a-z0-9_]{0,62}$/.test(name)
    ? 'Lower case letters, digits and _, beginning with a letter.'
    : Object.hasOwn(contact.attributes, name)
      ? 'This contact has it already. Edit it above.'
      : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrongName || wrongDraft(shown)) return;
    begin();
    if (await save({ attributes: { [name]: valueOfDraft(shown) } })) onClose();
  };
  const pointer = `/attributes/${name}`;
  return (
    <form ref={form} className={css.add} onSubmit={(event) => void submit(event)}>
      <Autocomplete
        label="Attribute"
        placeholder="shoe_size"
        data={[...declared.keys()].filter((one) => !Object.hasOwn(contact.attributes, one))}
        value={name}
        error={(tried && wrongName) || problemElsewhere(error, [pointer])}
        onChange={setName}
      />
      {known ? (
        <p className="small t3">
          {typeWords[known.type]}
          {known.description && `. ${known.description}`}
        </p>
      ) : (
        <Select
          label="Kind of value"
          data={Object.entries(typeWords).map(([value, label]) => ({ value, label }))}
          value={type}
          onChange={(next) => next && setDraft(emptyDraft(next as AttributeType))}
        />
      )}
      <ValueField
        label={name}
        value={shown}
        error={(tried && wrongDraft(shown)) || problemAt(error, pointer)}
        onChange={setDraft}
      />
      <div className="row">
        <Button type="submit" size="xs" miw={56} aria-disabled={busy || undefined}>
          {busy ? 'Saving' : 'Save'}
        </Button>
        <Button size="xs" variant="subtle" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
