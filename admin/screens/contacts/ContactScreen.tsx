import { Page } from '../../ui/Page.tsx';
export function ContactScreen() {
  return <Page title="ContactScreen">Soon</Page>;
}
