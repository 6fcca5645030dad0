// The files of an answer that is being written: uploaded at once, kept in this tab by conversation until it is sent.
import { useRef, useState } from 'react';
import type { Media } from '../../../contract/media.ts';
import { api } from '../../api.ts';
import { problemText } from '../../ui/FieldProblem.tsx';

const unsent = new Map<string, Media[]>();

export interface ReplyFiles {
  files: Media[];
  /** Share done of the one that goes up; null: none does. */
  share: number | null;
  problem: string | null;
  add(files: File[]): void;
  remove(id: string): void;
  clear(): void;
}

/** `atMost`: what the platform takes in one message. */
export function useReplyFiles(conversationId: string, atMost: number): ReplyFiles {
  const [files, setFiles] = useState(() => unsent.get(conversationId) ?? []);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(false);

  const put = (next: Media[]) => {
    unsent.set(conversationId, next);
    setFiles(next);
  };
  const present = () => unsent.get(conversationId) ?? [];
  const add = async (given: File[]) => {
    if (busy.current || given.length === 0) return;
    busy.current = true;
    const room = atMost - present().length;
    setProblem(
      given.length > room
        ? atMost === 1
          ? 'WhatsApp sends one file in a message. Send the others after it.'
          : `A message takes ${atMost} files.`
        : null,
    );
    try {
      for (const file of given.slice(0, Math.max(0, room))) {
        setShare(0);
        const media = await api.upload<Media>(file, setShare);
        if (!present().some(({ id }) => id === media.id)) put([...present(), media]);
      }
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setShare(null);
      busy.current = false;
    }
  };
  return {
    files,
    share,
    problem,
    add: (given) => void add(given),
    remove(id) {
      setProblem(null);
      put(present().filter((file) => file.id !== id));
    },
    clear() {
      setProblem(null);
      put([]);
    },
  };
}
