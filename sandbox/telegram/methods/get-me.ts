import type { Call } from '../call.ts';

export function getMe({ bot }: Call): unknown {
  return {
    ...bot.about,
    can_join_groups: true,
    can_read_all_group_messages: !bot.privacy,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
  };
}
