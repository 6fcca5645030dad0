// In which segments a person is at this moment, each a way to it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SegmentsOfContact } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import css from './Contact.module.css';

export function SegmentsPart({ contactId }: { contactId: string }) {
  const { data, error, refetch } = useQuery({
    // below the contact's own key: whatever makes that stale makes this stale
    queryKey: [...keys.contact(contactId), 'segments'],
    queryFn: ({ signal }) => api.get<SegmentsOfContact>(`/contacts/${contactId}/segments`, undefined, signal),
  });
  if (error && !data)
    return <ErrorState title="Segments could not be loaded" error={error} onRetry={() => void refetch()} />;
  return (
    <section className={css.part} aria-labelledby="contact-segments" aria-busy={!data}>
      <h2 id="contact-segments">Segments</h2>
      {data?.data.length === 0 && <p className="t3 small">In none at the moment.</p>}
      <ul>
        {data?.data.map(({ id, name, kind }) => (
          <li key={id}>
            <Link to="/segments/$id" params={{ id }}>
              {name}
            </Link>
            {kind === 'static' && <span className="t3 small"> list</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
