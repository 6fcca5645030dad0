// The files of a message, in the order they are sent in: dropped, chosen or, for pictures, by address. Progress while they
// upload, the reason beside them where one is refused.

import { Button, Progress, TextInput } from '@mantine/core';
import { IconCloudUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { factsOf, inMegabytes } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { FieldProblem as Problem } from '../../../contract/errors.ts';
import { imageLimits, type Media, maxUploadBytes } from '../../../contract/media.ts';
import { type Attachment, maxAttachments } from '../../../contract/message.ts';
import { api } from '../../api.ts';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { fileSize } from '../../ui/numbers.ts';
import { AttachedFile, RowButtons } from './AttachedFile.tsx';
import css from './Composer.module.css';

interface Props {
  value: Attachment[];
  onChange: (value: Attachment[]) => void;
  /** All of the message's; those at /content/media are shown here. */
  problems: Problem[];
  disabled?: boolean;
  label?: string;
  required?: boolean;
  most?: number;
  on?: Channel;
}

/** What the platform takes, of what we take. */
function kindWords(on: Channel): string {
  const { image } = factsOf(on).files;
  const pictures = image?.mimes ? image.types : 'JPEG, PNG, GIF or WebP';
  return `${pictures} up to ${inMegabytes(image?.maxBytes ?? 0)}; MP4, PDF, DOC or DOCX up to ${inMegabytes(maxUploadBytes)}`;
}

const accepted = {
  'image/*': ['.jpg', '.jpeg', '.png', '.gif', '.webp'],
  'video/mp4': ['.mp4'],
  'application/pdf': ['.pdf'],
  'application/msword': ['.doc'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['.docx'],
};

export function AttachmentsField({
  value,
  onChange,
  problems,
  disabled,
  label,
  required,
  most = maxAttachments,
  on = 'telegram',
}: Props) {
  const [share, setShare] = useState<number | null>(null);
  const [name, setName] = useState('');
  const [errors, setErrors] = useState<string[]>([]);
  const [byAddress, setByAddress] = useState(false);
  const abort = useRef<AbortController>(null);
  // uploads end long after they began: what was added or removed meanwhile stays
  const latest = useRef(value);
  latest.current = value;
  const room = most - value.length;

  const put = (next: Attachment[]) => {
    latest.current = next;
    onChange(next);
  };
  const upload = async (files: File[]) => {
    setErrors(
      files.length > room
        ? [
            `A message takes ${most === 1 ? 'one file' : `${most} files`}. ${files.length - room} of these were left out.`,
          ]
        : [],
    );
    abort.current = new AbortController();
    const { signal } = abort.current;
    for (const file of files.slice(0, room)) {
      if (signal.aborted) break;
      setName(file.name);
      setShare(0);
      try {
        const media = await api.upload<Media>(file, setShare, signal);
        const isThere = latest.current.some((item) => 'media_id' in item && item.media_id === media.id);
        if (isThere) setErrors((all) => [...all, `${file.name} is in the message already.`]);
        else put([...latest.current, { media_id: media.id }]);
      } catch (problem) {
        if (!(problem instanceof DOMException))
          setErrors((all) => [
            ...all,
            files.length > 1 ? `${file.name}: ${problemText(problem)}` : problemText(problem),
          ]);
      }
    }
    setShare(null);
  };
  const zone = useDropzone({
    disabled: disabled || share !== null || room === 0,
    accept: accepted,
    validator: tooLarge,
    onDropAccepted: (files) => void upload(files),
    onDropRejected: (rejected) =>
      setErrors(
        rejected.map(({ file, errors: reasons }) =>
          reasons[0]?.code === 'too-large'
            ? reasons[0].message
            : `${file.name} cannot be sent. Choose a JPEG, PNG, GIF or WebP picture, an MP4 video, or a PDF, DOC or DOCX document.`,
        ),
      ),
  });
  const at = (index: number) =>
    problems.find(
      ({ pointer }) =>
        pointer === `/content/media/${index}` || pointer.startsWith(`/content/media/${index}/`),
    )?.detail;
  const whole = problems.find(({ pointer }) => pointer === '/content/media')?.detail;
  const remove = (index: number) => {
    setErrors([]);
    put(value.filter((_, place) => place !== index));
  };
  const move = (index: number, by: number) => {
    const next = [...value];
    const [item] = next.splice(index, 1);
    if (item) next.splice(index + by, 0, item);
    put(next);
  };
  const setAddress = (index: number, url: string) => {
    if (!url) return remove(index);
    put(
      index < value.length
        ? value.map((item, place) => (place === index ? { url } : item))
        : [...value, { url }],
    );
  };
  const buttonsOf = (index: number) => (
    <RowButtons
      place={index}
      count={value.length}
      onMove={disabled ? null : (by) => move(index, by)}
      onRemove={disabled ? null : () => remove(index)}
    />
  );
  const rows: (Attachment | null)[] =
    byAddress && !value.some((item) => 'url' in item) ? [...value, null] : value;
  return (
    <div data-field="/content/media">
      <div className={css.labelRow}>
        <span id="files-label">{label ?? (most === 1 ? 'File' : 'Files')}</span>
        {!required && <span className="t3">optional</span>}
        {!disabled && room > 0 && (
          <Button className="end" size="xs" variant="subtle" onClick={() => setByAddress(!byAddress)}>
            {byAddress ? 'Upload a file instead' : 'Use an address instead'}
          </Button>
        )}
      </div>
      <ol className={css.files} aria-labelledby="files-label">
        {rows.map((item, index) =>
          item && 'media_id' in item ? (
            <li key={item.media_id}>
              <AttachedFile id={item.media_id}>{buttonsOf(index)}</AttachedFile>
              <FieldProblem>{at(index)}</FieldProblem>
            </li>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: an address has no identity but its place
            <li key={`address ${index}`}>
              <div className={css.addressRow}>
                <TextInput
                  className="grow"
                  aria-label="Picture address"
                  placeholder="https://shop.example/picture.jpg"
                  type="url"
                  disabled={disabled}
                  value={item?.url ?? ''}
                  error={Boolean(at(index))}
                  onChange={(event) => setAddress(index, event.currentTarget.value)}
                />
                {item && buttonsOf(index)}
              </div>
              <FieldProblem>{at(index)}</FieldProblem>
            </li>
          ),
        )}
      </ol>
      {!byAddress && !disabled && room > 0 && (
        <div
          {...zone.getRootProps({ 'aria-label': 'Upload files' })}
          className={css.drop}
          data-over={zone.isDragActive || undefined}
        >
          <input {...zone.getInputProps({ 'aria-label': 'Files to send' })} />
          <IconCloudUpload size={20} stroke={1.75} className="t3" aria-hidden />
          {share === null ? (
            <span className="grow">
              <span className="strong">
                {value.length > 0 ? 'Drop more or ' : most === 1 ? 'Drop a file or ' : 'Drop files or '}
                <span className={css.browse}>browse</span>
              </span>
              <span className="small t3" style={{ display: 'block' }}>
                {kindWords(on)}
              </span>
            </span>
          ) : (
            <span className="grow">
              <span className="strong ellipsis" style={{ display: 'block' }}>
                Uploading {name}, {Math.round(share * 100)}%
              </span>
              <Progress value={share * 100} size={4} mt={8} aria-label="Upload progress" />
            </span>
          )}
          {share !== null && (
            <Button
              size="xs"
              variant="subtle"
              onClick={(event) => {
                event.stopPropagation();
                abort.current?.abort();
              }}
            >
              Stop
            </Button>
          )}
        </div>
      )}
      {[...errors, ...(whole ? [whole] : [])].map((words) => (
        <FieldProblem key={words}>{words}</FieldProblem>
      ))}
    </div>
  );
}

function tooLarge(file: File | DataTransferItem): { code: string; message: string } | null {
  if (!(file instanceof File)) return null;
  const isPicture = /\.(jpe?g|png|gif|webp)$/i.test(file.name);
  const most = isPicture ? imageLimits.sizeBytes : maxUploadBytes;
  if (file.size <= most) return null;
  const words = isPicture ? 'pictures may have up to 10 MB' : 'videos and documents may have up to 16 MB';
  return {
    code: 'too-large',
    message: `${file.name} has ${fileSize(file.size)}; ${words}. Choose a smaller one.`,
  };
}
