// The library: templates that come with Carillon, as data. Their words are the product's own; what a shop fills in are places.
import type {
  LibraryTemplate,
  TemplateCategory,
  TemplatePlace,
  VariableType,
} from '../../contract/templates.ts';

const place = (name: string, label: string, type: VariableType, example: string): TemplatePlace => ({
  name,
  label,
  type,
  required: true,
  example,
  default: null,
});

/** The campaign that a template of this category becomes, where the entry says nothing else. */
export const typeOfCategory: Record<TemplateCategory, LibraryTemplate['type']> = {
  promotional: 'promotional',
  engagement: 'engagement',
  transactional: 'informational',
  own: 'promotional',
};

/** A message that people wait for is of service: it does not count against the caps on marketing. */
export function purposeOf(given: {
  category: TemplateCategory;
  type: LibraryTemplate['type'];
}): LibraryTemplate['purpose'] {
  return given.category === 'transactional' && given.type !== 'promotional' ? 'service' : 'marketing';
}

const entries: [
  key: string,
  category: TemplateCategory,
  name: string,
  text: string,
  variables: TemplatePlace[],
][] = [
  [
    'flash_sale',
    'promotional',
    'Flash Sale',
    'Flash Sale! 🔥 Get up to {{ discount_percent }}% off on {{ products }}. Limited time offer! Use code: {{ code }}',
    [
      place('discount_percent', 'Discount in %', 'number', '20'),
      place('products', 'Products', 'text', 'all lamps'),
      place('code', 'Discount code', 'text', 'FLASH20'),
    ],
  ],
  [
    'product_launch',
    'promotional',
    'New Product Launch',
    'Introducing {{ product_name }}! Be among the first to try it. Exclusive launch offer: {{ discount }}',
    [
      place('product_name', 'Product name', 'text', 'the Aurora lamp'),
      place('discount', 'Discount', 'text', '15% off'),
    ],
  ],
  [
    'survey',
    'engagement',
    'Survey Request',
    'We value your feedback! Help us improve by taking our 2-minute survey: {{ link }}',
    [place('link', 'Link', 'url', 'https://shop.example/survey')],
  ],
  [
    'event_invitation',
    'engagement',
    'Event Invitation',
    "You're invited! Join us for {{ event_name }} on {{ date }}. Register now: {{ link }}",
    [
      place('event_name', 'Event name', 'text', 'our winter evening'),
      place('date', 'Date', 'date', '2026-12-05'),
      place('link', 'Link', 'url', 'https://shop.example/evening'),
    ],
  ],
  [
    'order_confirmation',
    'transactional',
    'Order Confirmation',
    'Order confirmed! Your order #{{ order_id }} will be delivered on {{ date }}. Track: {{ link }}',
    [
      place('order_id', 'Order number', 'text', '10482'),
      place('date', 'Date', 'date', '2026-12-05'),
      place('link', 'Link', 'url', 'https://shop.example/track'),
    ],
  ],
  [
    'appointment_reminder',
    'transactional',
    'Appointment Reminder',
    'Reminder: You have an appointment on {{ date }} at {{ time }}. Location: {{ address }}',
    [
      place('date', 'Date', 'date', '2026-12-05'),
      place('time', 'Time', 'time', '14:30'),
      place('address', 'Address', 'text', '12 Station Road'),
    ],
  ],
];

export const library: readonly LibraryTemplate[] = entries.map(([key, category, name, text, variables]) => {
  const type = key === 'event_invitation' ? 'event_announcement' : typeOfCategory[category];
  return {
    key,
    category,
    name,
    type,
    purpose: purposeOf({ category, type }),
    content: { text, media: [], buttons: [] },
    variables,
  };
});
