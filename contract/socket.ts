// Frames of the live socket (`/api/v1/live`): news, never the data itself beyond what a list row needs. The panel
// refetches or patches what a frame names. `noun.past`.
import type { WorkKind } from './progress.ts';

export type LiveFrame =
  | { type: 'run.progressed'; campaign_id: string; run_id: string }
  | { type: 'campaign.changed'; campaign_id: string }
  | { type: 'message.received'; conversation_id: string; contact_id: string }
  | { type: 'message.sent'; conversation_id: string | null; contact_id: string }
  | { type: 'conversation.changed'; conversation_id: string }
  | { type: 'connection.changed'; connection_id: string }
  | { type: 'whatsapp_templates.changed'; connection_id: string }
  | { type: 'work.changed'; kind: WorkKind; id: string }
  | { type: 'segment.counted'; segment_id: string }
  | { type: 'workspace.changed' }
  | { type: 'demo.lived' };
