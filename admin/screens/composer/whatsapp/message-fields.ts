// What the fields of a WhatsApp message are given.
import type { ReactNode } from 'react';
import type { FieldProblem as Problem } from '../../../../contract/errors.ts';
import type { Content } from '../../../../contract/message.ts';

export interface MessageProps {
  content: Content;
  onChange: (part: Partial<Content>) => void;
  connectionId: string | null;
  /** All of the message's, by pointers that begin with /content. */
  problems: Problem[];
  /** Say also what is merely unfinished: sending was tried. */
  all: boolean;
  /** Visible length as the platform counts it; null while the preview is not there yet. */
  length: number | null;
  disabled?: boolean;
  label?: string;
  beside?: ReactNode;
}
export interface MessageFieldsProps extends MessageProps {
  at: (pointer: string) => string | undefined;
  onLeave: (pointer: string) => void;
}
