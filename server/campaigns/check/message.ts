// The message step: what would be sent can be rendered, and everything it shows is there.
import { sendableMessage } from '../../templates/compile.ts';
import { messagePlace } from '../../templates/place.ts';
import { checkReferences } from '../references.ts';
import type { Must } from './finding.ts';

export const picturesThere: Must = {
  key: 'media',
  step: 'message',
  holds: (ctx, { campaign: { content } }) => checkReferences(ctx, { content }),
};

export const messageRenders: Must = {
  key: 'message',
  step: 'message',
  holds: async (ctx, { campaign: { content }, connection }) =>
    sendableMessage(content, connection.channel, await messagePlace(ctx, content, connection.id)),
};
