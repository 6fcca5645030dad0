// Workspace (a shop), its people, their sessions, invitations, API tokens and the audit log.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp, timeZone } from './lists.ts';
import { currency } from './money.ts';
import { frequencyCap, frequencyCaps, quietHours } from './pressure.ts';
import { role, scope } from './roles.ts';

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('Write an email address like nora@shop.example.'));
export const password = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'Use at most 200 characters.');

export const workspace = z
  .object({
    id: wireId('wsp'),
    name: z.string(),
    time_zone: z.string(),
    currency: z
      .string()
      .meta({ description: 'Orders in it are summed up at their contacts; in others they only count' }),
    held_at: timestamp
      .nullable()
      .meta({ description: 'Since when nothing is sent (started with --held); null: it sends' }),
    frequency_caps: z.array(frequencyCap).meta({ description: 'At most so many messages to one person' }),
    quiet_hours: quietHours.nullable().meta({ description: 'When nobody is messaged, on their own clock' }),
    test_contact_ids: z.array(wireId('cnt')).meta({ description: 'Whom a test message is offered to first' }),
    version: z.number().int(),
    created_at: timestamp,
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof workspace>;
export const workspacePatch = z.strictObject({
  name: humanText(80, 1).optional(),
  time_zone: timeZone.optional(),
  currency: currency.optional(),
  frequency_caps: frequencyCaps.optional(),
  quiet_hours: quietHours.nullable().optional(),
  test_contact_ids: z.array(wireId('cnt')).max(20, 'At most 20 test contacts.').optional(),
  version: readVersion.optional(),
});
export type WorkspacePatch = z.infer<typeof workspacePatch>;

/** A member of staff, seen from one workspace. */
export const user = z
  .object({
    id: wireId('usr'),
    name: z.string(),
    email: z.string(),
    role,
    created_at: timestamp,
    last_seen_at: timestamp.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;
export const userPatch = z.strictObject({ role });

/** First set-up of an installation that has no owner yet. */
export const setUp = z.strictObject({
  workspace_name: humanText(80, 1),
  name: humanText(80, 1),
  email,
  password,
  time_zone: timeZone.default('UTC'),
  currency: currency.default('EUR'),
});
export const signIn = z.strictObject({
  email: z.string().trim().toLowerCase().max(254),
  password: z.string().max(200),
});
export const ownPatch = z.strictObject({
  name: humanText(80, 1).optional(),
  current_password: z.string().max(200).optional(),
  new_password: password.optional(),
});

/** Who is signed in, in which workspace, and what they may do. */
export const me = z
  .object({ user, workspace, scopes: z.array(scope), session_id: wireId('ses').nullable() })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

export const session = z
  .object({
    id: wireId('ses'),
    created_at: timestamp,
    last_seen_at: timestamp,
    expires_at: timestamp,
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

export const invitation = z
  .object({
    id: wireId('inv'),
    email: z.string(),
    role,
    invited_by: z.string(),
    created_at: timestamp,
    expires_at: timestamp,
    status: z.enum(['open', 'accepted', 'revoked', 'expired']),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;
export const invitationCreate = z.strictObject({ email, role });
/** `accept_url` is shown once: whoever opens it may join. There is no mail server to send it. */
export const invitationCreated = invitation
  .extend({ accept_url: z.string() })
  .meta({ id: 'InvitationCreated' });
/** `has_account`: the email proves itself with its present password instead of choosing one. */
export const invitationPreview = z.object({
  workspace_name: z.string(),
  email: z.string(),
  role,
  has_account: z.boolean(),
});
export const invitationAccept = z.strictObject({
  token: z.string().max(200),
  name: humanText(80, 1),
  password,
});

export const apiToken = z
  .object({
    id: wireId('tok'),
    name: z.string(),
    scopes: z.array(scope),
    hint: z.string().meta({ description: 'The first characters, to tell tokens apart' }),
    created_by: z.string().nullable(),
    created_at: timestamp,
    last_used_at: timestamp.nullable(),
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof apiToken>;
export const apiTokenCreate = z.strictObject({
  name: humanText(80, 1),
  scopes: z.array(scope).min(1, 'Choose at least one thing the token may do.'),
  expires_at: timestamp.nullish(),
});
/** `token` is shown once and kept only as a hash. */
export const apiTokenCreated = apiToken.extend({ token: z.string() }).meta({ id: 'ApiTokenCreated' });

export const auditEvent = z
  .object({
    id: wireId('aud'),
    at: timestamp,
    actor: z.object({ kind: z.enum(['user', 'token', 'system']), name: z.string() }),
    action: z.string().meta({ example: 'campaign.launched' }),
    subject_type: z.string().nullable(),
    subject_id: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;
