// Job `channels.forget_person`: what platforms sent about somebody who was erased is kept raw for a month, to be read again;
// their words go at once, and the number of the update stays, so that it is not taken for a new one.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';

export interface ForgetPersonJob {
  workspaceId: string;
  addresses: { connection_id: string; address: string }[];
}

/** Safe to repeat. Updates that still wait are left: the person has just written again. */
export async function forgetPerson(base: BaseCtx, job: ForgetPersonJob): Promise<void> {
  for (const { connection_id, address } of job.addresses) {
    // wherever the platform writes its number of a person or a chat: Telegram as numbers, WhatsApp as texts
    const isNumber = /^-?\d{1,20}$/.test(address);
    const asNumber = sql`jsonb_path_exists(raw, '$.**.id ? (@ == $id)', jsonb_build_object('id', ${isNumber ? address : null}::numeric))`;
    const asText = sql`jsonb_path_exists(raw, '$.** ? (@.from == $id || @.wa_id == $id || @.from_user_id == $id || @.user_id == $id)', jsonb_build_object('id', ${address}::text))`;
    await sql`
      UPDATE inbound_updates SET raw = '{}', problem = NULL
      WHERE workspace_id = ${job.workspaceId} AND connection_id = ${connection_id} AND processed_at IS NOT NULL
        AND (${isNumber ? asNumber : sql`false`} OR ${asText})`.execute(base.db);
  }
}
