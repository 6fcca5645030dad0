// The text with its variables, and an example for each: WhatsApp judges the template by them.
import { Button, Textarea, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useRef } from 'react';
import { type TemplateDraft, templateLimits } from '../../../../contract/whatsapp-template-draft.ts';
import { keysIn } from '../../../../contract/whatsapp-templates.ts';
import type { PartProps } from './HeaderField.tsx';
import css from './WhatsAppTemplates.module.css';

type Body = TemplateDraft['body'];

export function BodyField({ value, at, onLeave, onChange }: PartProps<Body>) {
  const area = useRef<HTMLTextAreaElement>(null);
  const keys = keysIn(value.text);
  const put = (text: string) => {
    // an example whose variable is gone goes with it
    const left = keysIn(text);
    const examples = Object.fromEntries(Object.entries(value.examples).filter(([key]) => left.includes(key)));
    onChange({ text, examples });
  };
  const addVariable = () => {
    const place = area.current?.selectionStart ?? value.text.length;
    const end = area.current?.selectionEnd ?? place;
    const next = `{{${Math.max(0, ...keys.map(Number).filter(Number.isFinite)) + 1}}}`;
    put(value.text.slice(0, place) + next + value.text.slice(end));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(place + next.length, place + next.length);
    });
  };
  return (
    <>
      <div>
        <Textarea
          ref={area}
          label="Text"
          description="*bold*, _italic_, ~struck~. A variable is written {{1}} or {{first_name}}."
          data-field="/body/text"
          autosize
          minRows={4}
          maxRows={14}
          value={value.text}
          error={at('/body/text')}
          onBlur={() => onLeave('/body/text')}
          onChange={(event) => put(event.currentTarget.value)}
        />
        <div className="row" style={{ marginTop: 8 }}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBraces size={14} stroke={1.75} />}
            onClick={addVariable}
          >
            Add variable
          </Button>
          <span className="t3 small end">
            {[...value.text].length} / {templateLimits.body}
          </span>
        </div>
      </div>
      {keys.length > 0 && (
        <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
          <legend className="small strong" style={{ marginBottom: 8 }}>
            Examples
          </legend>
          <div className={css.examples}>
            {keys.map((key) => {
              const pointer = `/body/examples/${key}`;
              return [
                <span key={`${key} name`} className="t2 nowrap" aria-hidden>
                  {`{{${key}}}`}
                </span>,
                <TextInput
                  key={key}
                  aria-label={`Example for {{${key}}}`}
                  data-field={pointer}
                  placeholder={key === '1' ? 'Ann' : undefined}
                  value={value.examples[key] ?? ''}
                  error={at(pointer)}
                  onBlur={() => onLeave(pointer)}
                  onChange={(event) =>
                    onChange({ ...value, examples: { ...value.examples, [key]: event.currentTarget.value } })
                  }
                />,
              ];
            })}
          </div>
        </fieldset>
      )}
    </>
  );
}
