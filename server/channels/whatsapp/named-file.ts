// A file as the Cloud API takes it: by the id of an upload, or by an address that it fetches itself (media, 2026-11-20).

export type FileField = 'image' | 'video' | 'document';
export type NamedFile = { field: FileField; fileName: string | null } & ({ id: string } | { link: string });

/** Only documents have a name. */
export function fileObject(file: NamedFile, caption: string): object {
  return {
    ...('id' in file ? { id: file.id } : { link: file.link }),
    ...(caption ? { caption } : {}),
    ...(file.field === 'document' && file.fileName ? { filename: file.fileName } : {}),
  };
}
