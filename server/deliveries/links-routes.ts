// The public address of tracked links. No part of the API: nobody signs in, and nothing of a request decides where it leads.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FoundTarget } from './links/click.ts';
import { readLinkCode } from './links/code.ts';
import { linkKey } from './links/key.ts';
import { rememberedLinks } from './links/remembered.ts';
import { isPerson } from './links/visitor.ts';

export function linkRoutes(app: FastifyInstance): void {
  const { base } = app;
  const key = linkKey(base);
  const links = rememberedLinks(base);
  app.get<{ Params: { code: string } }>(
    '/l/:code',
    { schema: { hide: true }, config: { access: 'public' } },
    async (request, reply) => {
      const code = readLinkCode(key, request.params.code);
      let target: FoundTarget | null;
      try {
        target = code && (await links.find(code));
      } catch (error) {
        base.log.warn({ err: error }, 'where a link leads could not be looked up');
        return notNow(reply);
      }
      if (!target) return notHere(reply);
      const kind = isPerson(request.method, request.headers) ? 'click' : 'preview';
      // whoever pressed a link wants to get there, whatever our figures do
      await links
        .note(target, kind)
        .catch((error) => base.log.warn({ err: error }, 'a click could not be counted'));
      return (
        reply
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          .header('x-robots-tag', 'noindex')
          // as browsers write it: letters outside Latin-1 cannot stand in a header
          .redirect(new URL(target.url).href, 302)
      );
    },
  );
  app.get('/l', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    notHere(reply),
  );
  app.get('/l/*', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    notHere(reply),
  );
}

const notHere = (reply: FastifyReply) =>
  page(reply, 404, {
    title: 'This link leads nowhere',
    text: 'It is not complete, or it was changed on the way. Open it from the message again.',
  });

const notNow = (reply: FastifyReply) =>
  page(reply.header('retry-after', '5'), 503, {
    title: 'One moment, please',
    text: 'The shop cannot be reached just now. Open the link again in a few seconds.',
  });

function page(reply: FastifyReply, status: number, { title, text }: { title: string; text: string }) {
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><body style="font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:30em;padding:0 1em"><h1 style="font-size:1.25em">${title}</h1><p>${text}</p>`,
    );
}
