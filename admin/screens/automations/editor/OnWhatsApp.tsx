// An automation that goes out by whatever reaches the person: what those on WhatsApp get, where text alone reaches only some.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Content } from '../../../../contract/message.ts';
import { TemplateField } from '../../composer/whatsapp/TemplateField.tsx';
import { noWhatsApp } from '../../composer/whatsapp/whatsapp-draft.ts';
import css from '../Automations.module.css';

interface Props {
  content: Content;
  /** The number whose templates are offered. */
  connectionId: string;
  problems: FieldProblem[];
  disabled: boolean;
  onChange: (part: Partial<Content>) => void;
}

export function OnWhatsApp({ content, connectionId, problems, disabled, onChange }: Props) {
  const chosen = content.whatsapp?.template ?? null;
  const [asked, setAsked] = useState(chosen !== null);
  const open = asked || chosen !== null;
  const drop = () => {
    setAsked(false);
    if (chosen) onChange({ whatsapp: { ...(content.whatsapp ?? noWhatsApp), template: null } });
  };
  return (
    <fieldset className={css.part} aria-label="On WhatsApp" data-field="/content/whatsapp">
      <div className="row wrap">
        <div className="grow">
          <div className="strong">On WhatsApp</div>
          <p className="small t3">
            {open
              ? 'Who wrote within 24 hours gets the text above, everybody else with a number this approved template.'
              : 'The text above reaches only who wrote within 24 hours. An approved template reaches the others too.'}
          </p>
        </div>
        {!disabled && (
          <Button size="xs" variant="default" onClick={open ? drop : () => setAsked(true)}>
            {open ? 'Send the text alone' : 'Choose a template'}
          </Button>
        )}
      </div>
      {open && (
        <div className={css.partBody}>
          <TemplateField
            content={content}
            connectionId={connectionId}
            problems={problems}
            all
            length={null}
            disabled={disabled}
            at={(pointer) => problems.find((one) => one.pointer === pointer)?.detail}
            onLeave={() => {}}
            onChange={onChange}
          />
        </div>
      )}
    </fieldset>
  );
}
