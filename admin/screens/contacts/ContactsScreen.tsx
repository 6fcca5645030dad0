import { Page } from '../../ui/Page.tsx';
export function ContactsScreen() {
  return <Page title="ContactsScreen">Soon</Page>;
}
