import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../../oracle-adapters/reporter/source.js';

type Given = Partial<Answer> | { status: number; body: string };

export type ScriptedAdapter = { url: string; answer: (request: Record<string, unknown>) => Given | Promise<Given>; close(): Promise<void> };

/** An External Adapter, or a transmitter, as the reporter sees it, whose answers the test writes. */
export async function startScriptedAdapter(answer: ScriptedAdapter['answer']): Promise<ScriptedAdapter> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const given = await adapter.answer((body.data ?? body) as Record<string, unknown>);
    if ('status' in given) response.writeHead(given.status).end(given.body);
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ data: given, result: given.value, statusCode: 200 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const adapter: ScriptedAdapter = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return adapter;
}

/** A value of 2017-08-28 or of so many days later, as an adapter gives it. */
export function valuation(value: string, day = 0, change: Partial<Answer> = {}): Answer {
  const valuationTimestamp = Date.UTC(2017, 7, 28 + day, 19, 30) / 1000;
  return { value, valuationTimestamp, ripcord: false, record: { series: 'test', day, rate: '1.115' }, ...change };
}
