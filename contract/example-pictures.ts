// Pictures of what is invented where a preview has no cart to show. The addresses are examples and nobody answers there: the panel has
// the drawings itself, so a preview shows them wherever it is looked at, and no platform is ever told to fetch them.
export const examplePictures = {
  bowls: 'https://example.com/pictures/blue-glaze-set.svg',
  mug: 'https://example.com/pictures/stoneware-mug.svg',
} as const;
