// The drawings behind the addresses of invented carts and products.
import { examplePictures } from '../../../../contract/example-pictures.ts';
import bowls from './pictures/blue-glaze-set.svg';
import mug from './pictures/stoneware-mug.svg';

const drawings = new Map<string, string>([
  [examplePictures.bowls, bowls],
  [examplePictures.mug, mug],
]);

/** Where the panel finds a picture of a preview. */
export const shownAt = (url: string): string => drawings.get(url) ?? url;
