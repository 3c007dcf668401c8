import { createServer, type Server } from 'node:http';

/** Where webhooks go: a server that keeps what it got, and refuses some deliveries once. */
export class Receiver {
  /** Bodies by `webhook-id`; several when one was told differently. */
  readonly got = new Map<string, Set<string>>();
  private refusals = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const refused = this.refusals > 0 && this.refusals-- > 0;
        if (!refused) this.keep(String(request.headers['webhook-id']), Buffer.concat(chunks).toString());
        response.writeHead(refused ? 500 : 204).end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get url(): string {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new Error('The receiver does not listen.');
    return `http://127.0.0.1:${address.port}/hook`;
  }

  /** Forgets everything; the next deliveries are refused, so many of them. */
  reset(refusals: number): void {
    this.got.clear();
    this.refusals = refusals;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private keep(id: string, body: string): void {
    const bodies = this.got.get(id) ?? new Set();
    this.got.set(id, bodies.add(body));
  }
}
