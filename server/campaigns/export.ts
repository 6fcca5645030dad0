// The send log as CSV, streamed page by page: a million rows cost no memory.
import type { Readable } from 'node:stream';
import { type DeliveryFilter, listDeliveries } from '../deliveries/reports/log.ts';
import type { Ctx } from '../platform/context.ts';
import { csvStream } from '../platform/csv.ts';

const columns = [
  'delivery_id',
  'contact_id',
  'name',
  'address',
  'state',
  'reason',
  'attempts',
  'created_at',
  'sent_at',
  'delivered_at',
  'read_at',
  'clicked_at',
  'replied_at',
  'tested_at',
];

export function exportSendLog(ctx: Ctx, filter: DeliveryFilter): Readable {
  async function* rows() {
    for (let cursor: string | undefined; ; ) {
      const page = await listDeliveries(ctx, filter, { limit: 200, cursor });
      for (const row of page.data)
        yield [
          row.id,
          row.contact_id,
          row.contact_name,
          row.address,
          row.state,
          row.detail ?? row.reason,
          row.attempts,
          row.created_at,
          row.sent_at,
          row.delivered_at,
          row.read_at,
          row.clicked_at,
          row.replied_at,
          row.tested_at,
        ];
      if (!page.next_cursor) return;
      cursor = page.next_cursor;
    }
  }
  return csvStream(columns, rows());
}
