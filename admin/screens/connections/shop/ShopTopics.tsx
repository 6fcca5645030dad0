// The webhooks to set up in a shop, by what they tell of; each is ticked off once one of it has come.
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ShopTopic } from '../../../../contract/shop-connectors.ts';
import { useZone } from '../../../session.ts';
import { momentShort } from '../../../ui/times.ts';
import css from '../Connections.module.css';
import { bySubject, goesBy, subjectWords } from './shop-words.ts';

export function ShopTopics({ topics }: { topics: ShopTopic[] }) {
  const zone = useZone();
  return (
    <div className={css.topics}>
      {bySubject(topics).map(([subject, some]) => (
        <section key={subject} aria-label={subjectWords[subject]}>
          <div className="small strong">{subjectWords[subject]}</div>
          {goesBy[subject] && <div className="small t3">for “{goesBy[subject]}”</div>}
          <ul>
            {some.map(({ name, last_at }) => (
              <li key={name} className={css.topic} data-come={last_at !== null || undefined}>
                {last_at ? (
                  <IconCircleCheck size={16} stroke={1.75} aria-label="Has come" />
                ) : (
                  <IconCircleDashed size={16} stroke={1.75} aria-label="Not come yet" />
                )}
                <span className="grow">{name}</span>
                {last_at && <span className="small t3 nowrap">{momentShort(last_at, zone)}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
