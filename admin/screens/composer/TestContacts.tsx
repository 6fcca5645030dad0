// The workspace's test contacts with a tick each: whom a test is offered to first.
import { Checkbox } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { Contact } from '../../../contract/contacts.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { contactName } from '../contacts/contact-name.ts';
import css from './Composer.module.css';
import { whyUnreachable } from './PeoplePicker.tsx';

export interface TestContact {
  id: string;
  name: string;
  /** Why no test can go there; null: it can, as far as it is known. */
  why: string | null;
}

/** Whoever may send a test but not read contacts is offered them all the same, without their names. */
export function useTestContacts(ids: string[], connectionId: string | null): TestContact[] {
  const queries = useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.contact(id),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<Contact>(`/contacts/${id}`, undefined, signal),
      retry: false,
    })),
  });
  return ids.map((id, index) => {
    const { data, error } = queries[index] ?? {};
    if (data) return { id, name: contactName(data), why: connectionId && whyUnreachable(data, connectionId) };
    const isGone = error instanceof ApiProblem && error.status === 404;
    return { id, name: `Test contact ${index + 1}`, why: isGone ? 'Not there any more' : null };
  });
}

export function TestContacts(props: {
  contacts: TestContact[];
  chosen: ReadonlySet<string>;
  onToggle: (id: string) => void;
}) {
  return (
    <fieldset className={css.fieldset}>
      <div className={css.labelRow}>
        <legend>Test contacts</legend>
      </div>
      <div className={css.testers}>
        {props.contacts.map(({ id, name, why }) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside
          <label key={id} className={css.pick} data-off={why !== null || undefined}>
            <Checkbox
              size="xs"
              checked={why === null && props.chosen.has(id)}
              disabled={why !== null}
              onChange={() => props.onToggle(id)}
              aria-label={name}
            />
            <Avatar name={name} size="small" />
            <span className="ellipsis grow" dir="auto">
              {name}
            </span>
            {why && <span className="t3 small ellipsis">{why}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
