// The words of the API reference that no single route can say: introduction, what each tag is about, example bodies.
// The one place in platform/ that speaks of the product; a test tries every example against the route's own schema.

export const introduction = `Campaigns for Telegram, WhatsApp and website chat. Nobody twice, nobody missed.

**Who you are.** Send \`Authorization: Bearer <API token>\`. A token belongs to one workspace and carries scopes; every operation names the one it needs.

**Shapes.** JSON in snake_case. Times are UTC with \`Z\`. Ids have a prefix that names the noun (\`cmp_…\` a campaign, \`cnt_…\` a contact). Unknown fields in a body are refused, with the name that was probably meant; answers may get further fields, so ignore what you do not know.

**Lists.** \`{ "data": […], "next_cursor": "…" | null }\`. Ask again with \`cursor\` until it is null; rows that arrive meanwhile are never shown twice.

**Errors.** Always \`application/problem+json\` (RFC 9457) with a stable \`code\`, a \`detail\` that says what to do, and for wrong fields \`errors\` with a JSON pointer each.

**Doing things once.** \`Idempotency-Key\` on POST: after a lost answer send the same again, with the same key, and nothing happens twice.

**Two editors.** What can be edited carries \`version\`. Send it with PATCH; if somebody else was faster you get \`VERSION_CONFLICT\` and nothing is lost.

**Live.** \`GET /api/v1/live\` is a WebSocket (\`?token=\`) that says what has changed: \`run.progressed\`, \`campaign.changed\`, \`message.received\`, \`message.sent\`, \`conversation.changed\`, \`connection.changed\`, \`work.changed\` (an import, bulk action or export got further), \`segment.counted\`, \`workspace.changed\`.`;

export const tags = [
  {
    name: 'Campaigns',
    description: 'A message, an audience, and what becomes of them: compose, test, launch, pause, report.',
  },
  {
    name: 'Deliveries',
    description: 'The ledger: one row per message and recipient, with its state and the reason for it.',
  },
  {
    name: 'Views',
    description: 'Lists with their filters and order under a name: one’s own, or shared with the workspace.',
  },
  { name: 'Contacts', description: 'The people of the shop: how they can be reached, and their consent.' },
  {
    name: 'Segments',
    description: 'Groups of contacts: by a rule that always holds anew, or lists kept by hand.',
  },
  {
    name: 'Bulk actions',
    description:
      'One deed on many people: chosen by their ids or by a filter, done in the background, each of them once.',
  },
  {
    name: 'Imports',
    description: 'Tables of people, as CSV or XLSX: uploaded, mapped, previewed, written in the background.',
  },
  {
    name: 'Exports',
    description: 'Contacts as a CSV file, written in the background and kept for 7 days.',
  },
  {
    name: 'Events',
    description: 'What people did on your pages and in your systems. Rules ask for them by name.',
  },
  {
    name: 'Orders',
    description: 'What people bought. Summed up at each contact, in the workspace’s currency.',
  },
  { name: 'Carts', description: 'What lies in people’s carts, and since when nobody touched them.' },
  {
    name: 'Products',
    description: 'What the shop sells, how many there are, and who waits for what is sold out.',
  },
  {
    name: 'Shop connectors',
    description: 'Shopify and WooCommerce: where they deliver, what has come, and what was not understood.',
  },
  {
    name: 'Automations',
    description: 'What the shop’s events send: whom the next check means, and what came of it.',
  },
  {
    name: 'Groups',
    description: 'Telegram groups and channels that a bot is in, and who is known to be in them.',
  },
  { name: 'Conversations', description: 'What people write back, and your replies.' },
  {
    name: 'WhatsApp templates',
    description:
      'What WhatsApp has to approve before it goes to people who have not written within 24 hours.',
  },
  { name: 'Connections', description: 'The bots and numbers that send and receive.' },
  { name: 'Media', description: 'Pictures for messages.' },
  { name: 'Templates', description: 'What a message may insert for each contact.' },
  { name: 'Workspace', description: 'The shop itself.' },
  { name: 'People', description: 'Members of the workspace and their roles.' },
  { name: 'Invitations', description: 'How people join.' },
  { name: 'API tokens', description: 'Access for programs. A token is shown once and kept as a hash.' },
  { name: 'Audit log', description: 'Who did what, and when.' },
  {
    name: 'Held',
    description: 'What would go out of an installation that was started with --held, and its release.',
  },
  { name: 'Nodes', description: 'The processes that run this installation.' },
  { name: 'Demo', description: 'The life of the demo shop: how fast its customers browse and buy.' },
  {
    name: 'Sign-in',
    description: 'First set-up, signing in and out, accepting an invitation. No token needed.',
  },
  { name: 'Me', description: 'The person who is signed in, and their sessions.' },
];

/** "METHOD /path below /api/v1" → a body that the route takes. Ids are examples. */
export const bodyExamples: Record<string, unknown> = {
  'POST /campaigns': {
    name: 'Flash Offer',
    connection_id: 'con_01kzdy0q2efmgsmft5dj6gw3rq',
    audience: { all: true },
    content: {
      text: '*Hi* {{ contact.first_name | default: "there" }}, 50% off today.',
      media: [{ url: 'https://shop.example/offer.jpg' }],
      buttons: [{ text: 'To the shop', url: 'https://shop.example/offer' }],
    },
  },
  'PATCH /campaigns/{id}': { name: 'Flash Offer, second try', version: 3 },
  'POST /campaigns/preview': { content: { text: 'Hi {{ contact.first_name }}' } },
  'POST /campaigns/{id}/preview': { contact_id: 'cnt_01kzdy0q2efmgsmft5dj6gw3rq' },
  'POST /campaigns/{id}/test': { contact_ids: ['cnt_01kzdy0q2efmgsmft5dj6gw3rq'] },
  'POST /contacts': {
    external_id: 'customer-1042',
    first_name: 'Ann',
    language: 'en',
    time_zone: 'Europe/London',
    attributes: { city: 'Leeds', orders: 4 },
    tags: ['regular'],
  },
  'PATCH /contacts/{id}': { language: 'pt-BR', version: 2 },
  'POST /attributes': { name: 'birthday', type: 'date', description: 'When they celebrate' },
  'PATCH /attributes/{name}': { description: 'When they celebrate; the shop sends a card' },
  'POST /contacts/{id}/notes': { text: 'Asked on the phone for a bowl in the old glaze.' },
  'PATCH /contacts/{id}/notes/{note_id}': { text: 'Got the bowl.' },
  'POST /segments': {
    name: 'Regulars who went quiet',
    rule: {
      all: [
        { field: 'orders_count', op: 'greater_than', value: 2 },
        { not: { field: 'last_seen_at', op: 'within_days', days: 60 } },
      ],
    },
  },
  'PATCH /segments/{id}': { name: 'Regulars', version: 1 },
  'POST /segments/preview': { rule: { field: 'tag', op: 'any_of', values: ['vip'] } },
  'POST /segments/{id}/members': { add: ['cnt_01kzdy0q2efmgsmft5dj6gw3rq'] },
  'POST /events': [
    {
      contact: { external_id: 'customer-1042' },
      name: 'page_viewed',
      at: '2026-12-01T09:00:00Z',
      properties: { url: 'https://shop.example/mugs', title: 'Mugs' },
      event_id: 'view-88213',
    },
  ],
  'PUT /orders/{external_id}': {
    contact: { external_id: 'customer-1042' },
    status: 'paid',
    total: { amount: '39.80', currency: 'EUR' },
    items: [{ product_id: 'mug-blue', quantity: 2, price: { amount: '19.90', currency: 'EUR' } }],
    placed_at: '2026-12-01T09:00:00Z',
  },
  'PUT /carts/{external_id}': {
    contact: { external_id: 'customer-1042' },
    items: [{ product_id: 'mug-blue', quantity: 1, price: { amount: '19.90', currency: 'EUR' } }],
    url: 'https://shop.example/cart/8812',
  },
  'POST /contacts/batch': {
    contacts: [
      { external_id: 'customer-1042', first_name: 'Ann' },
      {
        first_name: 'Ben',
        identities: [{ connection_id: 'con_01kzdy0q2efmgsmft5dj6gw3rq', address: '99281' }],
      },
    ],
  },
  'POST /connections': {
    channel: 'telegram',
    name: 'Shop bot',
    credentials: { token: '123456789:AAExampleExampleExampleExample00000' },
  },
  'PATCH /connections/{id}': { warm_up: { day_limits: [50, 100, 250, 500, 1000] }, version: 2 },
  'POST /conversations': {
    contact_id: 'cnt_01kzdy0q2efmgsmft5dj6gw3rq',
    connection_id: 'con_01kzdy0q2efmgsmft5dj6gw3rq',
  },
  'POST /conversations/{id}/messages': { text: 'Yes, we ship to Ireland.' },
  'POST /tokens': { name: 'Shop system', scopes: ['contacts:write', 'campaigns:read'] },
  'POST /invitations': { email: 'nora@shop.example', role: 'marketer' },
  'PATCH /users/{id}': { role: 'operator' },
  'PATCH /workspace': { name: 'Marlow Ceramics', time_zone: 'Europe/London' },
  'POST /sign_in': { email: 'nora@shop.example', password: 'correct horse battery' },
};
