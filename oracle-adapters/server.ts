import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shortMessage } from './feed/quorum-feed.js';

/** What a route answers; a text is sent as it is. */
export type Reply = { status: number; body: object | string; type?: string };

/** A request that cannot be served as asked. `status` is the HTTP status, `code` is stable. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Serves HTTP. `handle` answers each request; Refused becomes its status and code, any other error 503 `CHAIN_UNAVAILABLE`.
 *  @param route for instance "GET /health"   @throws when the port is taken */
export async function serve(
  handle: (route: string, request: IncomingMessage) => Promise<Reply>,
  port: number,
  host: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { status, body, type } = await handle(`${request.method} ${request.url?.split('?')[0]}`, request).catch(answerTo);
    if (!response.headersSent) response.writeHead(status, { 'content-type': type ?? 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(error: unknown): Reply {
  if (error instanceof Refused) return { status: error.status, body: { code: error.code, detail: error.message } };
  return { status: 503, body: { code: 'CHAIN_UNAVAILABLE', detail: shortMessage(error) } };
}

/** The body of a request as JSON.
 *  @param maximum bytes   @throws Refused when it is longer or no JSON */
export async function json(request: IncomingMessage, maximum: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maximum) throw new Refused(413, 'OBSERVATION_TOO_LARGE', `An observation has at most ${maximum} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'OBSERVATION_INVALID', 'The body is no JSON.');
  }
}
