// The public address of tracked links. No part of the API: nobody signs in, and nothing of a request decides where it leads.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { recordClick, targetOf } from './links/click.ts';
import { readLinkCode } from './links/code.ts';
import { linkKey } from './links/key.ts';
import { isPerson } from './links/visitor.ts';

export function linkRoutes(app: FastifyInstance): void {
  const { base } = app;
  const key = linkKey(base);
  app.get<{ Params: { code: string } }>(
    '/l/:code',
    { schema: { hide: true }, config: { access: 'public' } },
    async (request, reply) => {
      const code = readLinkCode(key, request.params.code);
      const target = code && (await targetOf(base, code));
      if (!target) return notHere(reply);
      const kind = isPerson(request.method, request.headers) ? 'click' : 'preview';
      // whoever pressed a link wants to get there, whatever our figures do
      await recordClick(base, target, kind).catch((error) =>
        base.log.warn({ err: error }, 'a click could not be counted'),
      );
      return reply
        .header('cache-control', 'no-store')
        .header('referrer-policy', 'no-referrer')
        .header('x-robots-tag', 'noindex')
        .redirect(target.url, 302);
    },
  );
  app.get('/l', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    notHere(reply),
  );
  app.get('/l/*', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    notHere(reply),
  );
}

function notHere(reply: FastifyReply) {
  return reply
    .status(404)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Link not found</title><body style="font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:30em;padding:0 1em"><h1 style="font-size:1.25em">This link leads nowhere</h1><p>It is not complete, or it was changed on the way. Open it from the message again.</p>',
    );
}
