// Declaring an attribute, or changing its kind and description.
import { Button, type InputWrapperProps, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type AttributeDeclaration, attributeWords } from '../../../contract/attributes.ts';
import type { AttributeType } from '../../../contract/rules.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { typeWords } from '../contact/attribute-values.ts';
import css from './Settings.module.css';

const below: InputWrapperProps['inputWrapperOrder'] = ['label', 'input', 'error', 'description'];

export function AttributeDialog(props: { known: AttributeDeclaration | null; onClose: () => void }) {
  const { known, onClose } = props;
  const client = useQueryClient();
  const saving = useAction();
  const [name, setName] = useState(known?.name ?? '');
  const [type, setType] = useState<AttributeType>(known?.type ?? 'text');
  const [description, setDescription] = useState(known?.description ?? '');
  const save = (event: FormEvent) => {
    event.preventDefault();
    void saving
      .run(async () => {
        const said = description.trim() || null;
        if (known) await api.patch(`/attributes/${known.name}`, { type, description: said });
        else await api.post('/attributes', { name: name.trim(), type, description: said });
        await client.invalidateQueries({ queryKey: keys.attributes });
        tell(known ? 'Attribute changed' : 'Attribute declared');
      })
      .then((well) => well && onClose());
  };
  const elsewhere = problemElsewhere(saving.error, ['/name', '/type', '/description']);
  return (
    <Modal
      opened
      onClose={onClose}
      title={known ? `Change ${known.name}` : 'Declare attribute'}
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={css.form} onSubmit={save}>
        {elsewhere && <Note tone="bad">{elsewhere}</Note>}
        {!known && (
          <TextInput
            label="Name"
            placeholder="shoe_size"
            inputWrapperOrder={below}
            description="Lower case letters, digits and _. It cannot be changed later."
            value={name}
            data-autofocus
            error={problemAt(saving.error, '/name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <Select
          label="Kind of value"
          data={Object.entries(typeWords).map(([value, label]) => ({ value, label }))}
          inputWrapperOrder={below}
          description={`Programs send ${attributeWords[type]}.`}
          value={type}
          error={problemAt(saving.error, '/type')}
          onChange={(next) => next && setType(next as AttributeType)}
        />
        <Textarea
          label="Description"
          placeholder="Where it comes from, what it is for"
          autosize
          minRows={2}
          maxLength={300}
          value={description}
          error={problemAt(saving.error, '/description')}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" miw={84} aria-disabled={saving.busy || undefined}>
            {saving.busy ? 'Saving' : known ? 'Save changes' : 'Declare'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
