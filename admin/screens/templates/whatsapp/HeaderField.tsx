// What stands above the text: nothing, words, or a file of which WhatsApp wants a sample.
import { Button, NativeSelect, Progress, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { inMegabytes } from '../../../../contract/channel-facts.ts';
import type { Media } from '../../../../contract/media.ts';
import { maxUploadBytes } from '../../../../contract/media.ts';
import { type TemplateDraft, templateLimits } from '../../../../contract/whatsapp-template-draft.ts';
import { headerFileRule, keysIn } from '../../../../contract/whatsapp-templates.ts';
import { api } from '../../../api.ts';
import { FieldProblem, problemText } from '../../../ui/FieldProblem.tsx';
import { AttachedFile, RowButtons } from '../../composer/AttachedFile.tsx';
import css from './WhatsAppTemplates.module.css';

type Header = TemplateDraft['header'];
export interface PartProps<T> {
  value: T;
  /** The problem of the field at this pointer. */
  at: (pointer: string) => string | undefined;
  onLeave: (pointer: string) => void;
  onChange: (value: T) => void;
}
const kinds = [
  { value: 'none', label: 'None' },
  { value: 'text', label: 'Text' },
  { value: 'image', label: 'Picture' },
  { value: 'video', label: 'Video' },
  { value: 'document', label: 'Document' },
];

export function HeaderField({ value, at, onLeave, onChange }: PartProps<Header>) {
  const choose = (kind: string) => {
    if (kind === 'none') return onChange(null);
    if (kind === 'text') return onChange({ kind: 'text', text: '', example: '' });
    onChange({ kind: kind as 'image' | 'video' | 'document', media_id: null });
  };
  const [key] = value?.kind === 'text' ? keysIn(value.text) : [];
  return (
    <>
      <div className={css.line}>
        <NativeSelect
          label="Header"
          description="Optional, above the text."
          data={kinds}
          value={value?.kind ?? 'none'}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {value?.kind === 'text' && (
          <TextInput
            label="Header text"
            description="One variable at most, no emoji."
            data-field="/header/text"
            value={value.text}
            error={at('/header/text')}
            rightSectionWidth={56}
            rightSection={
              <span className="t3 small" aria-hidden>
                {value.text.length} / {templateLimits.header}
              </span>
            }
            onBlur={() => onLeave('/header/text')}
            onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
          />
        )}
      </div>
      {value?.kind === 'text' && key !== undefined && (
        <TextInput
          label={`Example for {{${key}}} of the header`}
          data-field="/header/example"
          value={value.example}
          error={at('/header/example')}
          onBlur={() => onLeave('/header/example')}
          onChange={(event) => onChange({ ...value, example: event.currentTarget.value })}
        />
      )}
      {value && value.kind !== 'text' && (
        <Sample value={value} problem={at('/header/media_id')} onChange={onChange} />
      )}
    </>
  );
}

type File_ = Exclude<NonNullable<Header>, { kind: 'text' }>;
function Sample(props: { value: File_; problem: string | undefined; onChange: (value: Header) => void }) {
  const { value, problem, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);
  const [refused, setRefused] = useState<string>();
  const { mimes, types, maxBytes } = headerFileRule(value.kind);
  const words = `${types}, at most ${inMegabytes(Math.min(maxBytes, maxUploadBytes))}`;
  const upload = async (file: File) => {
    setRefused(undefined);
    setShare(0);
    try {
      const media = await api.upload<Media>(file, setShare, new AbortController().signal);
      onChange({ ...value, media_id: media.id });
    } catch (error) {
      setRefused(problemText(error));
    }
    setShare(null);
  };
  return (
    <div data-field="/header/media_id">
      <div className="small strong" style={{ marginBottom: 4 }}>
        Sample for WhatsApp
      </div>
      {value.media_id ? (
        <AttachedFile id={value.media_id}>
          <RowButtons
            place={0}
            count={1}
            onMove={null}
            onRemove={() => onChange({ ...value, media_id: null })}
          />
        </AttachedFile>
      ) : (
        <div className="row wrap">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUpload size={14} stroke={1.75} />}
            disabled={share !== null}
            onClick={() => input.current?.click()}
          >
            Choose a file
          </Button>
          <span className="t3 small">{words}. WhatsApp judges by it; each campaign brings its own file.</span>
          <input
            ref={input}
            type="file"
            hidden
            accept={mimes.join(',')}
            aria-label="Sample file"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (file) void upload(file);
            }}
          />
        </div>
      )}
      {share !== null && <Progress value={share * 100} mt={8} aria-label="Upload" />}
      <FieldProblem>{refused ?? problem}</FieldProblem>
    </div>
  );
}
