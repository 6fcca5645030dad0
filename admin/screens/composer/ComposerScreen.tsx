import { Page } from '../../ui/Page.tsx';
export function ComposerScreen() {
  return <Page title="ComposerScreen">Soon</Page>;
}
