// What the demo shop sells.

export const shop = 'https://marlow.example';
const currency = 'GBP';

export interface Product {
  id: string;
  name: string;
  pence: number;
}
export const products: Product[] = [
  { id: 'mug-speckled', name: 'Speckled mug', pence: 1850 },
  { id: 'mug-tall', name: 'Tall mug', pence: 2100 },
  { id: 'bowl-large', name: 'Large bowl', pence: 4600 },
  { id: 'bowl-gold-rim', name: 'Gold-rimmed bowl', pence: 5900 },
  { id: 'vase-tall', name: 'Tall vase', pence: 6800 },
  { id: 'teapot-blue', name: 'Blue teapot', pence: 6400 },
  { id: 'dinner-set', name: 'Dinner set for four', pence: 14_900 },
  { id: 'plate-side', name: 'Side plate', pence: 1600 },
];

export const money = (pence: number) => ({ amount: (pence / 100).toFixed(2), currency });
