// HTTP of declared attributes.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  attributeCreate,
  attributeDeclaration,
  attributeName,
  attributePatch,
} from '../../contract/attributes.ts';
import { route } from '../platform/http/route.ts';
import { changeAttribute, declareAttribute, deleteAttribute, listAttributes } from './declare-attributes.ts';

const tag = 'Contacts';
const names = { name: attributeName };

export function attributeRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/attributes',
    access: 'contacts:read',
    tag,
    summary: 'List the attributes that are declared, with their types; at most 500',
    response: z.object({ data: z.array(attributeDeclaration) }),
    handler: async ({ ctx }) => ({ data: await listAttributes(ctx) }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/attributes',
    access: 'attributes:write',
    tag,
    summary: 'Declare an attribute: from now on every contact holds values of this type under the name',
    body: attributeCreate,
    response: attributeDeclaration,
    status: 201,
    handler: ({ ctx, body }) => declareAttribute(ctx, body),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/attributes/:name',
    access: 'attributes:write',
    tag,
    summary: 'Change description or type; a type is refused while stored values do not fit it',
    names,
    body: attributePatch,
    response: attributeDeclaration,
    handler: ({ ctx, names, body }) => changeAttribute(ctx, names.name!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/attributes/:name',
    access: 'attributes:write',
    tag,
    summary: 'Take a declaration back; what contacts hold under the name stays, and may be anything again',
    names,
    handler: async ({ ctx, names }) => {
      await deleteAttribute(ctx, names.name!);
      return undefined;
    },
  });
}
