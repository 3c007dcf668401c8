import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type AdapterResponse = {
  status: number;
  body: { result?: string; errorMessage?: string; data?: Record<string, unknown>; error?: { message: string } };
};

/** Asks an External Adapter as a Chainlink node does. */
export async function askOverHttp(url: string, data: Record<string, unknown>): Promise<AdapterResponse> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data }) });
  return { status: response.status, body: (await response.json()) as AdapterResponse['body'] };
}

export type Documents = {
  url: string;
  /** by path: what is served; a number is a status, `hang` never answers, anything else is not found */
  served: Map<string, string | Buffer | number | 'hang'>;
  close(): Promise<void>;
};

/** A provider's web server whose documents the test writes. */
export async function startDocuments(): Promise<Documents> {
  const served: Documents['served'] = new Map();
  const server = createServer((request, response) => {
    const document = served.get(request.url ?? '') ?? 404;
    if (document === 'hang') return;
    if (typeof document === 'number') response.writeHead(document).end();
    else response.end(document);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
