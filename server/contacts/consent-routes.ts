// HTTP of consent: its history, what an operator or program states, and the undo of a misunderstanding.
import type { FastifyInstance } from 'fastify';
import { consentChanged, consentRecord, consentUndo } from '../../contract/consent.ts';
import { contact } from '../../contract/contacts.ts';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { route } from '../platform/http/route.ts';
import { consentHistory, stateConsent, undoOptOut } from './consent.ts';

const tag = 'Contacts';
const ids = { id: 'cnt' } as const;
const one = '/api/v1/contacts/:id/consent';

export function consentRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: `${one}/history`,
    access: 'contacts:read',
    tag,
    summary: 'List every change of a contact’s consent, newest first',
    ids,
    query: pageQuery,
    response: pageOf(consentChanged),
    handler: ({ ctx, ids, query }) => consentHistory(ctx, ids.id!, query),
  });
  route(app, {
    method: 'POST',
    url: one,
    access: 'contacts:write',
    tag,
    summary: 'Record a consent; opting in needs the wording as proof',
    ids,
    body: consentRecord,
    response: contact,
    handler: ({ ctx, ids, body }) => stateConsent(ctx, ids.id!, body),
  });
  route(app, {
    method: 'POST',
    url: `${one}/undo`,
    access: 'contacts:write',
    tag,
    summary: 'Undo an opt-out that was a misunderstanding; what held before holds again',
    ids,
    body: consentUndo,
    response: contact,
    handler: ({ ctx, ids, body }) => undoOptOut(ctx, ids.id!, body),
  });
}
