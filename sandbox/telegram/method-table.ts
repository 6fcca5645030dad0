// Method names to functions. Names are compared in lower case (telegram.md §1 [S]).
import type { Method } from './call.ts';
import { answerCallbackQuery } from './methods/answer-callback-query.ts';
import { approveChatJoinRequest, declineChatJoinRequest } from './methods/answer-join-request.ts';
import { banChatMember, unbanChatMember } from './methods/ban-chat-member.ts';
import { copyMessage, forwardMessage } from './methods/copy-message.ts';
import { createChatInviteLink } from './methods/create-chat-invite-link.ts';
import { deleteMessage, deleteMessages } from './methods/delete-message.ts';
import { editMessageCaption, editMessageReplyMarkup, editMessageText } from './methods/edit-message.ts';
import { getChat, getChatAdministrators, getChatMember, getChatMemberCount } from './methods/get-chat.ts';
import { getFile } from './methods/get-file.ts';
import { getMe } from './methods/get-me.ts';
import { getUpdates } from './methods/get-updates.ts';
import { deleteMyCommands, getMyCommands, setMyCommands } from './methods/my-commands.ts';
import { pinChatMessage, unpinChatMessage } from './methods/pin-chat-message.ts';
import { sendChatAction } from './methods/send-chat-action.ts';
import { sendAnimation, sendDocument, sendPhoto, sendVideo } from './methods/send-media.ts';
import { sendMediaGroup } from './methods/send-media-group.ts';
import { sendMessage } from './methods/send-message.ts';
import { deleteWebhook, getWebhookInfo, setWebhook } from './methods/set-webhook.ts';

const METHODS: Record<string, Method> = {
  answerCallbackQuery,
  approveChatJoinRequest,
  declineChatJoinRequest,
  banChatMember,
  unbanChatMember,
  copyMessage,
  forwardMessage,
  createChatInviteLink,
  deleteMessage,
  deleteMessages,
  editMessageReplyMarkup,
  editMessageText,
  editMessageCaption,
  getChat,
  getChatAdministrators,
  getChatMember,
  getChatMemberCount,
  getFile,
  getMe,
  getUpdates,
  deleteMyCommands,
  getMyCommands,
  setMyCommands,
  pinChatMessage,
  unpinChatMessage,
  sendChatAction,
  sendAnimation,
  sendDocument,
  sendPhoto,
  sendVideo,
  sendMediaGroup,
  sendMessage,
  deleteWebhook,
  getWebhookInfo,
  setWebhook,
  // Moving a bot between servers has no meaning here; both are accepted.
  logOut: () => true,
  close: () => true,
};

export interface KnownMethod {
  name: string;
  run: Method;
  /** Sends a message: subject to flood limits and, by default, to faults. */
  isSend: boolean;
}

const BY_LOWER_NAME = new Map<string, KnownMethod>(
  Object.entries(METHODS).map(([name, run]) => [
    name.toLowerCase(),
    { name, run, isSend: /^(send(?!ChatAction)|copy|forward)/.test(name) },
  ]),
);

export function findMethod(name: string): KnownMethod | undefined {
  return BY_LOWER_NAME.get(name.toLowerCase());
}
