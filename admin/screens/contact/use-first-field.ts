// The first field of a form that has just opened in place gets the focus, with its text selected, as a dialog would do it.
import { useEffect, useRef } from 'react';

/** `open`: whether the form is there now. */
export function useFirstField(open: boolean) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!open) return;
    const field = form.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      'input:not([type=hidden]), textarea',
    );
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, [open]);
  return form;
}
