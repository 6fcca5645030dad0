// The picture: dropped, chosen or by address. Progress while it uploads, the reason beside it where it is refused.
import { ActionIcon, Button, Progress, TextInput } from '@mantine/core';
import { IconCloudUpload, IconPhoto, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { imageLimits, type Media } from '../../../contract/media.ts';
import type { Attachment } from '../../../contract/message.ts';
import { api } from '../../api.ts';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { fileSize } from '../../ui/numbers.ts';
import css from './Composer.module.css';

interface Props {
  value: Attachment | undefined;
  onChange: (value: Attachment | undefined) => void;
  problem: string | undefined;
  disabled?: boolean;
}

export function PictureField({ value, onChange, problem, disabled }: Props) {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<string>();
  const [byAddress, setByAddress] = useState(Boolean(value && 'url' in value));
  const abort = useRef<AbortController>(null);

  const upload = async (file: File) => {
    setError(undefined);
    setShare(0);
    abort.current = new AbortController();
    try {
      const media = await api.upload<Media>(file, setShare, abort.current.signal);
      onChange({ media_id: media.id });
    } catch (problem) {
      if (!(problem instanceof DOMException)) setError(problemText(problem));
    } finally {
      setShare(null);
    }
  };
  const zone = useDropzone({
    multiple: false,
    disabled,
    maxSize: imageLimits.sizeBytes,
    accept: { 'image/*': ['.jpg', '.jpeg', '.png', '.gif', '.webp'] },
    onDropAccepted: ([file]) => file && void upload(file),
    onDropRejected: ([rejected]) =>
      setError(
        rejected && rejected.file.size > imageLimits.sizeBytes
          ? `${rejected.file.name} has ${fileSize(rejected.file.size)}; Telegram takes pictures up to 10 MB. Choose a smaller one.`
          : `${rejected?.file.name ?? 'This file'} is not a picture that can be sent. Choose a JPEG, PNG, GIF or WebP file.`,
      ),
  });
  const shown = error ?? problem;
  return (
    <div data-field="/content/media">
      <div className={css.labelRow}>
        <span id="picture-label">Picture</span>
        <span className="t3">optional</span>
        <Button
          className="end"
          size="xs"
          variant="subtle"
          onClick={() => {
            setByAddress(!byAddress);
            setError(undefined);
            if (value) onChange(undefined);
          }}
        >
          {byAddress ? 'Upload a file instead' : 'Use an address instead'}
        </Button>
      </div>
      {byAddress ? (
        <TextInput
          aria-label="Picture address"
          placeholder="https://shop.example/picture.jpg"
          type="url"
          value={value && 'url' in value ? value.url : ''}
          error={Boolean(shown)}
          onChange={(event) => {
            const url = event.currentTarget.value;
            setError(undefined);
            onChange(url ? { url } : undefined);
          }}
        />
      ) : value && 'media_id' in value ? (
        <Uploaded id={value.media_id} onRemove={() => onChange(undefined)} />
      ) : (
        <div
          {...zone.getRootProps({ 'aria-label': 'Upload a picture' })}
          className={css.drop}
          data-over={zone.isDragActive || undefined}
        >
          <input {...zone.getInputProps({ 'aria-label': 'Picture file' })} />
          <IconCloudUpload size={20} stroke={1.75} className="t3" aria-hidden />
          {share === null ? (
            <span className="grow">
              <span className="strong">
                Drop a picture or <span className={css.browse}>browse</span>
              </span>
              <span className="small t3" style={{ display: 'block' }}>
                JPEG, PNG, GIF or WebP, up to 10 MB
              </span>
            </span>
          ) : (
            <span className="grow">
              <span className="strong">Uploading, {Math.round(share * 100)}%</span>
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
      <FieldProblem>{shown}</FieldProblem>
    </div>
  );
}

function Uploaded({ id, onRemove }: { id: string; onRemove: () => void }) {
  const { data } = useQuery({
    queryKey: ['media', id],
    queryFn: ({ signal }) => api.get<Media>(`/media/${id}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={css.file}>
      {data ? (
        <img src={data.url} alt="" />
      ) : (
        <IconPhoto size={20} stroke={1.75} className="t3" aria-hidden />
      )}
      <span className="grow">
        <span className="strong ellipsis" style={{ display: 'block' }}>
          {data?.file_name ?? 'Picture'}
        </span>
        <span className="small t3">
          {data
            ? `${fileSize(data.size_bytes)}${data.width ? `, ${data.width} × ${data.height}` : ''}`
            : 'Loading'}
        </span>
      </span>
      <ActionIcon variant="subtle" aria-label="Remove the picture" onClick={onRemove}>
        <IconX size={16} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}
