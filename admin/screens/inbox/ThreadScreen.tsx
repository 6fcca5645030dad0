import { Page } from '../../ui/Page.tsx';
export function ThreadScreen() {
  return <Page title="ThreadScreen">Soon</Page>;
}
