import { Page } from '../../ui/Page.tsx';
export function InboxScreen() {
  return <Page title="InboxScreen">Soon</Page>;
}
