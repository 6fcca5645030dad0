import { Page } from '../../ui/Page.tsx';
export function TeamScreen() {
  return <Page title="TeamScreen">Soon</Page>;
}
