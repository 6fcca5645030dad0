// Who a customer, order or checkout of Shopify is about. Shapes: Shopify's webhooks, REST form, API 2026-07, looked up 2026-11-22.
import { idOf, objectOf, objectsIn, type Payload, textOf, timeOf } from '../payload.ts';
import { type Person, personFields } from '../told.ts';

/** `customer`: Shopify's own record of them; null: a guest. `about`: the order or checkout, which may know more. */
export function personOf(customer: Payload | null, about: Payload | null): Person {
  const kept = read(customer, null);
  const person = read(customer, about);
  const phone = kept.phone ?? person.phone;
  // Shopify names a customer at a checkout whose email address somebody else typed, too
  return { ...person, phone, typed: personFields.filter((field) => kept[field] === null) };
}

function read(customer: Payload | null, about: Payload | null): Omit<Person, 'typed'> {
  const addresses = objectsIn([
    customer?.default_address,
    about?.shipping_address,
    about?.billing_address,
    objectOf(about?.customer)?.default_address,
  ]);
  const first = (read: (from: Payload) => string | null, from: (Payload | null)[]) =>
    from.reduce<string | null>((found, one) => found ?? (one && read(one)), null);
  const phone = (from: Payload) => textOf(from.phone, 40);
  const own = [customer, about];
  return {
    customerId: customer ? idOf(customer.id) : null,
    firstName: first((from) => textOf(from.first_name, 120), [customer, ...addresses]),
    lastName: first((from) => textOf(from.last_name, 120), [customer, ...addresses]),
    email: first((from) => textOf(from.email, 254) ?? textOf(from.contact_email, 254), own),
    phone: first(phone, [...own, ...addresses]) ?? (about && textOf(about.sms_marketing_phone, 40)),
    language: first((from) => textOf(from.customer_locale, 35) ?? textOf(from.locale, 35), own),
    country: first((from) => textOf(from.country_code, 2), addresses),
    updatedAt: customer ? timeOf(customer.updated_at) : null,
  };
}
