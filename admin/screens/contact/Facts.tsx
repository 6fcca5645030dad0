// What matters first about a person, in one line of figures.
import type { Contact } from '../../../contract/contacts.ts';
import { useMe } from '../../session.ts';
import { figure, money } from '../../ui/numbers.ts';
import { day, moment } from '../../ui/times.ts';
import css from './Contact.module.css';
import { offerWords } from './offer-words.ts';

export function Facts({ contact }: { contact: Contact }) {
  const { workspace } = useMe();
  const { time_zone: zone, currency } = workspace;
  const facts: [string, string][] = [
    ['Last seen', contact.last_seen_at ? moment(contact.last_seen_at, zone) : '–'],
    ['Orders', figure(contact.orders_count)],
    // what was paid in other currencies counts as orders, not as money
    [`Spent, orders in ${currency}`, contact.orders_count > 0 ? money(contact.orders_value, currency) : '–'],
    ['Last order', contact.last_order_at ? day(contact.last_order_at, zone) : '–'],
    ['Offers', offerWords(contact.consent)],
    ['Contact since', day(contact.created_at, zone)],
  ];
  return (
    <dl className={`card ${css.facts}`}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt className="small t3">{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
