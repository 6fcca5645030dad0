import { Page } from '../../ui/Page.tsx';
export function ConnectionsScreen() {
  return <Page title="ConnectionsScreen">Soon</Page>;
}
