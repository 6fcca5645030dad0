// The API of a running product, as a shop's own script uses it: a token, JSON, and the status that it expects.
import { expect } from 'vitest';
import type { Problem } from '../contract/errors.ts';
import type { Carillon } from './carillon.ts';

/** Unattended set-up: who the installation belongs to, and the token that scripts use. */
export const owner = {
  OWNER_EMAIL: 'nora@shop.example',
  OWNER_PASSWORD: 'a-long-enough-password',
  API_TOKEN: 'e2e-token-0123456789abcdef0123456789',
};

export interface Api {
  /** The plain request. A string body goes as it is, FormData as multipart, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  read<T>(path: string): Promise<T>;
  /** POST that makes something: 201. */
  made<T>(path: string, body: unknown): Promise<T>;
  /** POST that does something: any 2xx. */
  done<T>(path: string, body?: unknown): Promise<T>;
  /** The problem document of a request that must be refused; checks that it is a whole one. */
  refused(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Problem>;
}

export function apiOf(carillon: Pick<Carillon, 'url'>, token: string | null = owner.API_TOKEN): Api {
  const call: Api['call'] = (method, path, body, headers) =>
    fetch(`${carillon.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
      }),
    });
  const good = async <T>(response: Response, status?: number): Promise<T> => {
    const text = await response.text();
    expect(response.status, `${response.url}: ${text.slice(0, 500)}`).toSatisfy((got: number) =>
      status ? got === status : got >= 200 && got < 300,
    );
    return JSON.parse(text || 'null') as T;
  };
  return {
    call,
    read: async (path) => good(await call('GET', path), 200),
    made: async (path, body) => good(await call('POST', path, body), 201),
    done: async (path, body) => good(await call('POST', path, body)),
    async refused(method, path, body, headers) {
      const response = await call(method, path, body, headers);
      const text = await response.text();
      expect(response.headers.get('content-type'), text.slice(0, 300)).toMatch(/^application\/problem\+json/);
      const problem = JSON.parse(text) as Problem;
      expect(problem.status).toBe(response.status);
      expect(problem.type).toContain(problem.code.toLowerCase());
      expect(problem.instance).toMatch(/^urn:request:/);
      // a sentence that says what to do, without a token in it
      expect(problem.detail.length, problem.detail).toBeGreaterThan(15);
      expect(problem.detail).toMatch(/[.!?]$/);
      expect(text).not.toMatch(/\d{6,}:AA[\w-]{20,}/);
      return problem;
    },
  };
}
