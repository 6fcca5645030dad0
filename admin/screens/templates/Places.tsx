// The places of a template: what each is called in the form, what may stand there, and what stands there by default.
import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { TemplatePlace } from '../../../contract/templates.ts';
import { FieldProblem, problemAt } from '../../ui/FieldProblem.tsx';
import { Section } from '../../ui/Page.tsx';
import css from './Templates.module.css';
import { typesOfValue } from './template-queries.ts';

interface Props {
  places: TemplatePlace[];
  error: unknown;
  onChange: (places: TemplatePlace[]) => void;
}

export function Places({ places, error, onChange }: Props) {
  const put = (index: number, part: Partial<TemplatePlace>) =>
    onChange(places.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <Section title="Places to fill" aside={places.length > 0 ? `${places.length} of 20` : undefined}>
      {places.length === 0 ? (
        <p className="t2" style={{ margin: 0 }}>
          None yet: everybody who uses this template sends the same words.
        </p>
      ) : (
        <div className={css.fields}>
          {places.map((place, index) => (
            <fieldset key={place.name} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
              <legend className="mono small t2">{`{{ ${place.name} }}`}</legend>
              <div className={css.place}>
                <TextInput
                  label="Label"
                  value={place.label}
                  maxLength={60}
                  onChange={(event) => put(index, { label: event.currentTarget.value })}
                />
                <NativeSelect
                  label="Holds"
                  data={typesOfValue}
                  value={place.type}
                  onChange={(event) =>
                    put(index, { type: event.currentTarget.value as TemplatePlace['type'], default: null })
                  }
                />
                <TextInput
                  label="Default"
                  placeholder="none"
                  value={place.default ?? ''}
                  maxLength={500}
                  onChange={(event) => put(index, { default: event.currentTarget.value || null })}
                />
                <Checkbox
                  label="Required"
                  checked={place.required}
                  mb={6}
                  onChange={(event) => put(index, { required: event.currentTarget.checked })}
                />
              </div>
              <FieldProblem>{problemAt(error, `/variables/${index}`)}</FieldProblem>
            </fieldset>
          ))}
        </div>
      )}
    </Section>
  );
}
