import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Request = { method: string; params?: unknown[]; id: number };
type Lie = 'behind' | 'no logs';

/** A node's front door that passes everything on, and lies when told to. */
export type Liar = {
  url: string;
  /** behind: the latest block is five below the latest · no logs: there are none · undefined: the truth */
  lie(about: Lie | undefined): void;
  /** Requests for a block, and transactions sent, so far. */
  reads(): number;
  sends(): number;
  stop(): Promise<void>;
};

export async function startLiar(target: string): Promise<Liar> {
  let about: Lie | undefined;
  let reads = 0;
  let sends = 0;
  const ask = async (body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(target, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const height = async (): Promise<number> =>
    Number(((await ask({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })) as { result: string }).result);
  const answer = async (request: Request): Promise<unknown> => {
    if (request.method === 'eth_getBlockByNumber') reads++;
    if (request.method === 'eth_sendRawTransaction') sends++;
    if (about === 'no logs' && request.method === 'eth_getLogs') return { jsonrpc: '2.0', id: request.id, result: [] };
    if (about === 'behind' && request.method === 'eth_getBlockByNumber' && request.params?.[0] === 'latest') {
      const behind = `0x${((await height()) - 5).toString(16)}`;
      return ask({ ...request, params: [behind, ...request.params.slice(1)] });
    }
    return ask(request);
  };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Request | Request[];
      const result = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lie: (lie) => (about = lie),
    reads: () => reads,
    sends: () => sends,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
