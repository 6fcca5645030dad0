// What a PATCH may hold of an object with defaults (RFC 7396): what is left out stays as it is, null is back to the default.
import { z } from 'zod';

type Bare<F> = F extends z.ZodDefault<infer I> | z.ZodPrefault<infer I> ? I : F;
type PatchShape<S extends z.core.$ZodLooseShape> = {
  [K in keyof S]: z.ZodOptional<z.ZodNullable<Bare<S[K]>>>;
};

/** The same fields without their defaults: parsed with them, what was left out would come back. */
export function patchOf<S extends z.core.$ZodLooseShape>(
  shape: S,
): z.ZodObject<PatchShape<S>, z.core.$strict> {
  const bare = (field: z.ZodType) =>
    field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? (field.unwrap() as z.ZodType) : field;
  return z.strictObject(
    Object.fromEntries(
      Object.entries(shape).map(([name, field]) => [name, bare(field).nullish()]),
    ) as PatchShape<S>,
  );
}
