import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestPlain } from 'node:http';
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
const ANSWER_BYTES = 5_000_000;

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

export type OutboundRequest = { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string };

/** POSTs JSON to somebody else's host, as `send` does; the answer's body is not read.
 *  @returns the status   @throws AddressRefused, or whatever keeps the host from answering within 15 s */
export async function postOutbound(url: string, headers: Record<string, string>, body: string, options: OutboundOptions): Promise<number> {
  const response = await send(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }, options);
  response.destroy();
  return response.statusCode ?? 0;
}

/** Asks a provider, as `send` does, at a host that the settings name.
 *  @returns status and body   @throws AddressRefused, or whatever keeps the host from answering within 15 s and 5 MB */
export async function askProvider(
  url: string,
  request: OutboundRequest,
  { hosts, ...options }: OutboundOptions & { hosts: readonly string[] },
): Promise<{ status: number; body: string }> {
  const { host } = new URL(url);
  if (!hosts.includes(host)) throw new AddressRefused(`${host} is none of the provider’s hosts`);
  const response = await send(url, request, options);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) {
      response.destroy();
      throw new Error(`${host} answers with more than ${ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}

/** The host is resolved once, every address it has must be public, and the connection goes to one of them, whatever the name resolves to by
 *  then. Redirects are not followed. */
async function send(
  text: string,
  { method, headers, body = '' }: OutboundRequest,
  { privateToo, resolve = (host) => lookup(host, { all: true }) }: OutboundOptions,
): Promise<IncomingMessage> {
  const url = requireOutboundUrl(text, privateToo);
  const host = hostOf(url);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const [pinned] = addresses;
  const hidden = addresses.find(({ address }) => !isPublicAddress(address));
  if (!pinned) throw new AddressRefused(`${host} has no address`);
  if (hidden && !privateToo) throw new AddressRefused(`${host} has the address ${hidden.address}, which is not public`);
  const options: RequestOptions = {
    method,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: onlyTo(pinned),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? requestTls : requestPlain)(url, options, done);
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
