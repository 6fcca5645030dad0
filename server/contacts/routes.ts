// HTTP of contacts.
import type { FastifyInstance } from 'fastify';
import {
  contactCount,
  contactFilterQuery,
  contactPage,
  contactQuery,
} from '../../contract/contact-filter.ts';
import { contactLookup, contactsFound } from '../../contract/contact-lookup.ts';
import {
  contact,
  contactBatch,
  contactBatchResult,
  contactCreate,
  contactPatch,
  knownTagList,
  tagQuery,
} from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { route } from '../platform/http/route.ts';
import { eraseContact } from './erase.ts';
import type { FilterContacts } from './filter.ts';
import { knownTags } from './known-tags.ts';
import { countContacts, listContacts } from './list.ts';
import { lookUpContacts } from './lookup.ts';
import { exportPerson } from './person-export.ts';
import { changeContact, createContact } from './save.ts';
import { loadContact } from './store.ts';
import { upsertContacts } from './upsert.ts';

const tag = 'Contacts';

export function contactRoutes(app: FastifyInstance, filterContacts: FilterContacts): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts',
    access: 'contacts:read',
    tag,
    summary: 'List contacts; search looks into names, email, phone, external id, addresses and usernames',
    query: contactQuery,
    response: contactPage,
    handler: ({ ctx, query }) => listContacts(ctx, query, filterContacts),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/count',
    access: 'contacts:read',
    tag,
    summary: 'Count contacts exactly, with the filters of the list',
    query: contactFilterQuery,
    response: contactCount,
    handler: async ({ ctx, query }) => ({ count: await countContacts(ctx, query, filterContacts) }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts/lookup',
    access: 'contacts:read',
    tag,
    summary: 'Find the people that the lines of a list mean; changes nothing',
    body: contactLookup,
    // 10,000 lines of 320 characters
    bodyLimit: 4_000_000,
    response: contactsFound,
    handler: ({ ctx, body }) => lookUpContacts(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/tags',
    access: 'contacts:read',
    tag,
    summary:
      'The tags there are, those that begin with the search first; one that nobody has goes within a day',
    query: tagQuery,
    response: knownTagList,
    handler: ({ ctx, query }) => knownTags(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts',
    access: 'contacts:write',
    tag,
    summary: 'Add a contact',
    body: contactCreate,
    response: contact,
    status: 201,
    handler: ({ ctx, body }) => createContact(ctx, body),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts/batch',
    access: 'contacts:write',
    tag,
    summary: 'Add or change up to 1,000 contacts, found by external_id, else by an identity; all or nothing',
    body: contactBatch,
    response: contactBatchResult,
    bodyLimit: 16 * 1024 * 1024,
    handler: async ({ ctx, body }) => {
      const rows = await upsertContacts(ctx, body.contacts);
      const created = rows.filter((row) => row.created).length;
      return {
        created,
        updated: rows.length - created,
        data: rows.map((row) => ({ id: toWireId('cnt', row.id), created: row.created })),
      };
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id',
    access: 'contacts:read',
    tag,
    summary: 'Read a contact',
    ids: { id: 'cnt' },
    response: contact,
    handler: ({ ctx, ids }) => loadContact(ctx, ids.id!),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/contacts/:id',
    access: 'contacts:write',
    tag,
    summary: 'Change a contact; attributes are merged by name (null removes one), tags are replaced',
    ids: { id: 'cnt' },
    body: contactPatch,
    response: contact,
    handler: ({ ctx, ids, body }) => changeContact(ctx, ids.id!, body),
  });
  for (const [method, url] of [
    ['DELETE', '/api/v1/contacts/:id'],
    ['POST', '/api/v1/contacts/:id/erase'],
  ] as const)
    route(app, {
      method,
      url,
      access: 'contacts:erase',
      tag,
      summary:
        'Erase a person: profile, addresses, consent, messages, notes, events, orders, merges; reports keep their counts',
      ids: { id: 'cnt' },
      handler: async ({ ctx, ids }) => {
        await eraseContact(ctx, ids.id!);
        return undefined;
      },
    });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/export',
    access: 'contacts:read',
    tag,
    summary: 'Everything that is held about a person, as a JSON file to give them',
    ids: { id: 'cnt' },
    produces: 'application/json',
    handler: async ({ ctx, ids, reply }) => {
      const all = await exportPerson(ctx, ids.id!);
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="${toWireId('cnt', ids.id!)}.json"`)
        .send(JSON.stringify(all, null, 2));
    },
  });
}
