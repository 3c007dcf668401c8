import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** The text that every scanner finds (eicar.org), put together here so that none finds this file. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');

export type Clamd = { url: string; scanned: number; answer: (content: Buffer) => string | null; stop(): Promise<void> };

/** A server that speaks clamd's INSTREAM over TCP: commands end with NUL, chunks bear their length, an empty one ends them. `answer` null
 *  hangs up without a word. */
export async function startClamd(): Promise<Clamd> {
  const clamd = { scanned: 0, answer: findsEicar } as Clamd;
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const content = contentOf(received);
      if (!content) return;
      clamd.scanned++;
      reply(socket, clamd.answer(content));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  clamd.url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  clamd.stop = () => new Promise((done) => server.close(() => done()));
  return clamd;
}

export function findsEicar(content: Buffer): string {
  return content.includes(EICAR) ? 'stream: Eicar-Signature FOUND\0' : 'stream: OK\0';
}

function reply(socket: Socket, answer: string | null): void {
  if (answer === null) socket.destroy();
  else socket.end(answer);
}

/** What came in chunks, once the last one is there. */
function contentOf(received: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0';
  if (received.subarray(0, command.length).toString('latin1') !== command) return undefined;
  const chunks: Buffer[] = [];
  for (let at = command.length; at + 4 <= received.length; ) {
    const length = received.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    if (at + 4 + length > received.length) return undefined;
    chunks.push(received.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}
