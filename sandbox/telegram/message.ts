// The Message object as the Bot API shows it. Only fields that the emulator can emit (names: telegram.md §2, §6 [D]).

export interface UserObject {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface ChatObject {
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  title?: string;
  username?: string;
  first_name?: string;
  last_name?: string;
}

/** Offsets and lengths are UTF-16 code units, that is indices of a JavaScript string. */
export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  user?: UserObject;
  language?: string;
  custom_emoji_id?: string;
  unix_time?: number;
  date_time_format?: string;
}

export interface PhotoSize {
  file_id: string;
  file_unique_id: string;
  width: number;
  height: number;
  file_size?: number;
}

export interface Attachment {
  file_id: string;
  file_unique_id: string;
  file_name?: string;
  mime_type?: string;
  file_size?: number;
  width?: number;
  height?: number;
  duration?: number;
}

export interface InlineButton {
  text: string;
  url?: string;
  callback_data?: string;
  [other: string]: unknown;
}

export interface InlineKeyboard {
  inline_keyboard: InlineButton[][];
}

export interface Message {
  message_id: number;
  date: number;
  chat: ChatObject;
  from?: UserObject;
  sender_chat?: ChatObject;
  message_thread_id?: number;
  edit_date?: number;
  media_group_id?: string;
  reply_to_message?: Message;
  forward_origin?: Record<string, unknown>;
  is_automatic_forward?: boolean;
  has_protected_content?: boolean;
  text?: string;
  entities?: Entity[];
  link_preview_options?: Record<string, unknown>;
  caption?: string;
  caption_entities?: Entity[];
  show_caption_above_media?: boolean;
  has_media_spoiler?: boolean;
  photo?: PhotoSize[];
  video?: Attachment;
  animation?: Attachment;
  document?: Attachment;
  reply_markup?: InlineKeyboard;
  new_chat_members?: UserObject[];
  left_chat_member?: UserObject;
  pinned_message?: Message;
  migrate_to_chat_id?: number;
  migrate_from_chat_id?: number;
  effect_id?: string;
  is_paid_post?: boolean;
}
