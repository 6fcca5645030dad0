// A lost password, mended by whoever holds the machine: `npm start -- --reset-password <email>`. There is no mail to send one by.
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx } from '../platform/context.ts';
import { audit } from './audit.ts';
import { hashPassword, readablePassword } from './password.ts';

/** Returns the new password, to be shown once. Ends all sessions of that person. Throws naming the accounts there are. */
export async function resetPassword(base: Pick<BaseCtx, 'db' | 'clock'>, email: string): Promise<string> {
  const wanted = email.trim().toLowerCase();
  const password = readablePassword();
  const password_hash = await hashPassword(password);
  const isKnown = await base.db.transaction().execute(async (db) => {
    const user = await db
      .updateTable('users')
      .set({ password_hash })
      .where('email', '=', wanted)
      .returning('id')
      .executeTakeFirst();
    if (!user) return false;
    await db.deleteFrom('sessions').where('user_id', '=', user.id).execute();
    const places = await db
      .selectFrom('memberships')
      .select('workspace_id')
      .where('user_id', '=', user.id)
      .execute();
    for (const { workspace_id } of places) {
      const { actor } = asSystem(base as BaseCtx, workspace_id);
      const subject = { type: 'user', id: toWireId('usr', user.id) };
      await audit({ db, clock: base.clock, actor }, 'user.password_reset', subject);
    }
    return true;
  });
  if (isKnown) return password;
  const others = await base.db.selectFrom('users').select('email').orderBy('created_at').limit(10).execute();
  throw new Error(
    others.length === 0
      ? 'There is no account yet: start without --reset-password, and the panel asks for the first owner.'
      : `Nobody has an account with the email ${wanted}. Accounts here: ${others.map((user) => user.email).join(', ')}.`,
  );
}
