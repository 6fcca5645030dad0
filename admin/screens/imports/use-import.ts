// One import and its decisions: each change is stored at once, one request at a time, and what the server makes of it comes
// back with the first rows as they would be written. A refused change stays on screen with its reason.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import type {
  ContactImport,
  ImportPatch,
  importPreview,
  importWithPreview,
  PreviewRow,
} from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';

type Changed = z.infer<typeof importWithPreview>;
type Preview = z.infer<typeof importPreview>;
const typingMs = 400;

export const importKey = (id: string) => keys.work('import', id);
const previewKey = (id: string) => [...importKey(id), 'preview'] as const;

export function useImport(id: string) {
  return useQuery({
    queryKey: importKey(id),
    queryFn: ({ signal }) => api.get<ContactImport>(`/imports/${id}`, undefined, signal),
  });
}

export interface Draft {
  /** As stored, with what is being stored over it. */
  settings: ContactImport['settings'];
  rows: PreviewRow[] | undefined;
  previewError: unknown;
  /** Why the last change was refused. */
  error: unknown;
  saving: boolean;
  /** `later`: somebody is typing, so it is stored when they pause. */
  change(patch: ImportPatch, later?: boolean): void;
  /** Stores what is left; false: it was refused. */
  flush(): Promise<boolean>;
}

export function useImportDraft(given: ContactImport): Draft {
  const { id } = given;
  const client = useQueryClient();
  const [local, setLocal] = useState<ImportPatch>({});
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const waiting = useRef<ImportPatch>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<boolean> | null>(null);
  const preview = useQuery({
    queryKey: previewKey(id),
    queryFn: ({ signal }) => api.get<Preview>(`/imports/${id}/preview`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

  const store = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    if (running.current) {
      await running.current;
      return store();
    }
    const patch = waiting.current;
    if (Object.keys(patch).length === 0) return true;
    waiting.current = {};
    setSaving(true);
    const send = async (part: ImportPatch) => {
      const { preview, ...changed } = await api.patch<Changed>(`/imports/${id}`, part);
      await client.cancelQueries({ queryKey: importKey(id) });
      client.setQueryData(importKey(id), changed);
      client.setQueryData<Preview>(previewKey(id), { data: preview });
    };
    running.current = send(patch)
      .then(() => {
        setLocal(waiting.current);
        setError(null);
        return true;
      })
      .catch(async (problem: unknown) => {
        // kept for the next try, below what was changed meanwhile; another way of reading the file is chosen anew
        const { header, sheet, encoding, delimiter, ...decided } = patch;
        const { mapping, ...others } = decided;
        // a wrong column holds up no other choice
        const isApart = mapping !== undefined && Object.keys(others).length > 0;
        const isStored = isApart && (await send(others).then(() => true, () => false)); // biome-ignore format: one condition
        waiting.current = { ...(isStored ? { mapping } : decided), ...waiting.current };
        setError(problem);
        return false;
      })
      .finally(() => {
        running.current = null;
        setSaving(false);
      });
    const well = await running.current;
    return well && Object.keys(waiting.current).length > 0 ? store() : well;
  }, [client, id]);

  const change = useCallback(
    (patch: ImportPatch, later = false) => {
      // another reading of the file has other columns: what was decided about the old ones goes
      const rereads = ['header', 'sheet', 'encoding', 'delimiter'].some((name) => name in patch);
      if (rereads) delete waiting.current.mapping;
      waiting.current = { ...waiting.current, ...patch };
      setLocal({ ...waiting.current });
      clearTimeout(timer.current);
      if (later) timer.current = setTimeout(() => void store(), typingMs);
      else void store();
    },
    [store],
  );
  // whoever leaves within the pause of typing has it stored all the same
  useEffect(() => () => void store(), [store]);

  const { mapping, policy, default_country, tags, segment_id, consent } = local;
  const stored = given.settings;
  return {
    settings: {
      mapping: mapping?.length === given.columns.length ? mapping : stored.mapping,
      policy: policy ?? stored.policy,
      default_country: default_country === undefined ? stored.default_country : default_country,
      tags: tags ?? stored.tags,
      segment_id: segment_id === undefined ? stored.segment_id : segment_id,
      consent: consent === undefined ? stored.consent : consent,
    },
    rows: preview.data?.data,
    previewError: preview.error,
    error,
    saving,
    change,
    flush: store,
  };
}
