// The fields of a contact, for adding and for editing. Server problems stand beside their field.
import { TextInput } from '@mantine/core';
import { problemAt } from '../../ui/FieldProblem.tsx';
import { TagsField } from '../../ui/TagsField.tsx';
import { ZoneField } from '../../ui/ZoneField.tsx';
import css from './Contacts.module.css';

export interface ContactForm {
  first_name: string;
  last_name: string;
  email: string;
  phone: string;
  language: string;
  time_zone: string | null;
  external_id: string;
  tags: string[];
}

/** Empty fields become null: "not known". */
export function contactBody(form: ContactForm) {
  const orNull = (text: string) => text.trim() || null;
  return {
    first_name: orNull(form.first_name),
    last_name: orNull(form.last_name),
    email: orNull(form.email),
    phone: orNull(form.phone),
    language: orNull(form.language),
    time_zone: form.time_zone,
    external_id: orNull(form.external_id),
    tags: form.tags,
  };
}

interface Props {
  form: ContactForm;
  onChange: (form: ContactForm) => void;
  error: unknown;
  disabled?: boolean;
}

export function ContactFields({ form, onChange, error, disabled }: Props) {
  const field = (name: Exclude<keyof ContactForm, 'tags' | 'time_zone'>, label: string, hint?: string) => (
    <TextInput
      label={label}
      value={form[name]}
      placeholder={hint}
      disabled={disabled}
      error={problemAt(error, `/${name}`)}
      onChange={(event) => onChange({ ...form, [name]: event.currentTarget.value })}
    />
  );
  return (
    <div className={css.fields}>
      {field('first_name', 'First name')}
      {field('last_name', 'Last name')}
      {field('email', 'Email', 'ann@example.com')}
      {field('phone', 'Phone', '+44 20 7946 0018')}
      {field('language', 'Language', 'en')}
      <ZoneField
        label="Time zone"
        placeholder="Guessed from the phone number"
        clearable
        value={form.time_zone}
        disabled={disabled}
        error={problemAt(error, '/time_zone')}
        onChange={(time_zone) => onChange({ ...form, time_zone })}
      />
      {field('external_id', 'Id in your shop', 'shop-1042')}
      <TagsField
        label="Tags"
        value={form.tags}
        disabled={disabled}
        error={problemAt(error, '/tags')}
        onChange={(tags) => onChange({ ...form, tags })}
      />
    </div>
  );
}

export const noContact: ContactForm = {
  first_name: '',
  last_name: '',
  email: '',
  phone: '',
  language: '',
  time_zone: null,
  external_id: '',
  tags: [],
};
