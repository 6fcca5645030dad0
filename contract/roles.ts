// Roles and scopes: one table says what each role may do; a token carries a subset. Every route names exactly one scope.
import { z } from 'zod';

export const scopes = [
  'workspace:read', 'workspace:write',
  'users:read', 'users:write',
  'tokens:read', 'tokens:write',
  'audit_events:read',
  'nodes:read',
  'media:read', 'media:write',
  'connections:read', 'connections:write',
  'contacts:read', 'contacts:write', 'contacts:erase',
  'attributes:write',
  'segments:read', 'segments:write',
  'imports:read', 'imports:write',
  'exports:read', 'exports:write',
  'events:read', 'events:write',
  'orders:read', 'orders:write',
  'carts:read', 'carts:write',
  'products:read', 'products:write',
  'groups:read',
  'templates:read', 'templates:write',
  'campaigns:read', 'campaigns:write', 'campaigns:send',
  'deliveries:read', 'deliveries:write',
  'conversations:read', 'conversations:write',
] as const; // biome-ignore format: one noun per line
export type Scope = (typeof scopes)[number];
export const scope = z.enum(scopes);

/** What a token of a shop needs that tells of its customers, products, carts and orders (docs/guide/shop.md). */
export const shopScopes: Scope[] = [
  'contacts:read', 'contacts:write', 'events:write', 'carts:write', 'orders:read', 'orders:write',
  'products:read', 'products:write', 'connections:read',
]; // biome-ignore format: dense

export const roles = ['owner', 'admin', 'marketer', 'operator'] as const;
export type Role = (typeof roles)[number];
export const role = z.enum(roles);

const operatorScopes: Scope[] = [
  'workspace:read', 'users:read', 'media:read', 'media:write', 'connections:read', 'contacts:read', 'contacts:write',
  'segments:read', 'events:read', 'orders:read', 'carts:read', 'products:read', 'groups:read', 'templates:read', 'campaigns:read', 'deliveries:read', 'conversations:read', 'conversations:write',
]; // biome-ignore format: dense
const marketerScopes: Scope[] = [
  ...operatorScopes,
  'contacts:erase',
  'attributes:write',
  'segments:write',
  'imports:read',
  'imports:write',
  // everybody's data in one file: an operator reads people one by one
  'exports:read',
  'exports:write',
  'templates:write',
  'campaigns:write',
  'campaigns:send',
  'deliveries:write',
];
const adminScopes: Scope[] = [...scopes];

/** What each role may do. Owner and admin share scopes; only an owner may make, change or remove owners (users/…). */
export const roleScopes: Record<Role, ReadonlySet<Scope>> = {
  owner: new Set(scopes),
  admin: new Set(adminScopes),
  marketer: new Set(marketerScopes),
  operator: new Set(operatorScopes),
};
