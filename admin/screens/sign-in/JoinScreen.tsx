import { Page } from '../../ui/Page.tsx';
export function JoinScreen() {
  return <Page title="JoinScreen">Soon</Page>;
}
