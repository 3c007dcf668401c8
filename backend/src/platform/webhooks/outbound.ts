import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The address is not one that we call. */
export class AddressRefused extends Error {}

export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;
export type OutboundOptions = {
  /** Local use only: also http, and private addresses. */
  privateToo: boolean;
  resolve?: Resolve;
};

const TIMEOUT_MS = 15_000;

/** IANA's special-purpose registries: everything that is not somebody's public host. */
const SPECIAL_IPV4 = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL_IPV4.addSubnet(network, prefix, 'ipv4');
}
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');
/** Within it: addresses that carry an IPv4 address (Teredo, 6to4), and documentation. */
const SPECIAL_IPV6 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL_IPV6.addSubnet(network, prefix, 'ipv6');
}

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !SPECIAL_IPV4.check(address, 'ipv4');
  return isIP(address) === 6 && GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6');
}

/** What can be said of a URL without resolving its host.
 *  @throws AddressRefused */
export function requireOutboundUrl(text: string, privateToo: boolean): URL {
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(privateToo && url.protocol === 'http:')) throw new AddressRefused('only https is called');
  if (url.username || url.password) throw new AddressRefused('a URL with a user name is not called');
  const host = hostOf(url);
  if (!privateToo && isIP(host) && !isPublicAddress(host)) throw new AddressRefused(`${host} is no public address`);
  return url;
}

/** POSTs JSON to somebody else's host. The host is resolved once, every address it has must be public, and the connection goes to one of
 *  them, whatever the name resolves to by then. Redirects are not followed; the answer's body is not read.
 *  @returns the status   @throws AddressRefused, or whatever keeps the host from answering within 15 s */
export async function postOutbound(
  text: string,
  headers: Record<string, string>,
  body: string,
  { privateToo, resolve = (host) => lookup(host, { all: true }) }: OutboundOptions,
): Promise<number> {
  const url = requireOutboundUrl(text, privateToo);
  const host = hostOf(url);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const [pinned] = addresses;
  const hidden = addresses.find(({ address }) => !isPublicAddress(address));
  if (!pinned) throw new AddressRefused(`${host} has no address`);
  if (hidden && !privateToo) throw new AddressRefused(`${host} has the address ${hidden.address}, which is not public`);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: onlyTo(pinned),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? requestTls : requestPlain)(url, options, (response) => {
      done(response.statusCode ?? 0);
      response.destroy();
    });
    request.once('error', fail);
    request.end(body);
  });
}

function onlyTo({ address, family }: { address: string; family: number }): LookupFunction {
  return (_host, { all }, answer) => (all ? answer(null, [{ address, family }]) : answer(null, address, family));
}

/** Without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
