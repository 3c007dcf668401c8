import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';

/** Which cookies there are: a session, and a browser's way to the identity provider and back. */
export type CookieName = 'session' | 'sign-in';

type Settings = Pick<Config, 'publicUrl'>;

/** Only over https may a cookie be Secure, and only a Secure one may bear the prefix that ties it to this very host (RFC 6265bis §4.1.3.2). */
const isSecure = ({ publicUrl }: Settings): boolean => publicUrl.startsWith('https:');
const fullName = (name: CookieName, settings: Settings): string => `${isSecure(settings) ? '__Host-' : ''}muniment-${name}`;

/** Sets a cookie that no script can read and, unless it is `Lax`, no other site can cause to be sent. Without a value it is removed. */
export function setCookie(
  reply: FastifyReply,
  settings: Settings,
  {
    name,
    value = '',
    seconds = 0,
    sameSite = 'Strict',
  }: { name: CookieName; value?: string; seconds?: number; sameSite?: 'Strict' | 'Lax' },
): void {
  const attributes = [
    `Max-Age=${Math.floor(seconds)}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(isSecure(settings) ? ['Secure'] : []),
  ];
  void reply.header('set-cookie', [`${fullName(name, settings)}=${value}`, ...attributes].join('; '));
}

/** @returns undefined unless it looks like a token of ours */
export function cookieOf(request: FastifyRequest, settings: Settings, name: CookieName): string | undefined {
  const start = `${fullName(name, settings)}=`;
  const cookies = (request.headers.cookie ?? '').split('; ');
  const value = cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length);
  return value !== undefined && /^[\w-]{20,100}$/.test(value) ? value : undefined;
}
