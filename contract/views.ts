// Views: a list with its filters, order and search, under a name; one's own, or shared with everybody of the workspace.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, timestamp } from './lists.ts';

export const viewScreen = z.enum(['campaigns', 'contacts']);
export type ViewScreen = z.infer<typeof viewScreen>;

export const viewsAtMost = 100;
const query = z
  .record(
    z.string().regex(/^[a-z_]{1,40}$/, 'Write names as they stand in the address of the list.'),
    z.string().max(20_000),
  )
  .refine((all) => Object.keys(all).length <= 30 && JSON.stringify(all).length <= 30_000, {
    error: 'This is more than a view can hold: at most 30 filters, and 30,000 characters.',
  })
  .meta({ description: 'What stands in the address of the list: { "status": "draft", "sort": "name" }' });
const shared = z.boolean().meta({ description: 'Everybody of the workspace sees it' });

export const view = z
  .object({
    id: wireId('viw'),
    screen: viewScreen,
    name: z.string(),
    query: z.record(z.string(), z.string()),
    shared,
    own: z.boolean().meta({ description: 'Made by who asks' }),
    created_at: timestamp,
  })
  .meta({ id: 'View' });
export type View = z.infer<typeof view>;
export const viewList = z.object({ data: z.array(view) }).meta({ id: 'Views' });
export type ViewList = z.infer<typeof viewList>;

export const viewCreate = z.strictObject({
  screen: viewScreen,
  name: humanText(60, 1),
  query,
  shared: shared.default(false),
});
export type ViewCreate = z.output<typeof viewCreate>;
export const viewPatch = z.strictObject({
  name: humanText(60, 1).optional(),
  query: query.optional(),
  shared: shared.optional(),
});
export type ViewPatch = z.output<typeof viewPatch>;
