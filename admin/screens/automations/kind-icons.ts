import {
  IconCircleCheck,
  IconPackageImport,
  IconShoppingCart,
  IconSpeakerphone,
  type TablerIcon,
} from '@tabler/icons-react';
import type { CampaignKind } from '../../../contract/campaigns.ts';

export const kindIcons: Partial<Record<CampaignKind, TablerIcon>> = {
  abandoned_cart: IconShoppingCart,
  back_in_stock: IconPackageImport,
  post_purchase: IconCircleCheck,
  broadcast: IconSpeakerphone,
};
