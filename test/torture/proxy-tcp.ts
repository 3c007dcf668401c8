import { createServer, type Server, Socket } from 'node:net';
import { type Fault, Faults } from './plan.js';

/** One connection to PostgreSQL: what the client says is read message by message. */
type Link = { client: Socket; server: Socket; pending: Buffer; started: boolean; wrote: boolean; swallow: boolean };

const INLINE = ['commit-answer-lost', 'commit-reset', 'commit-half-open'];

/** Stands between a process and PostgreSQL. It knows of the protocol what it needs to find the COMMIT of a transaction that wrote. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly server: Server;

  private constructor(
    private readonly upstream: () => number,
    private readonly faults: Faults,
  ) {
    this.server = createServer({ noDelay: true }, (client) => this.accept(client));
  }

  /** @param upstream port of PostgreSQL, asked for at every connection */
  static async start(upstream: () => number, faults: Faults): Promise<TcpProxy> {
    const proxy = new TcpProxy(upstream, faults);
    await new Promise<void>((done) => proxy.server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new Error('The proxy does not listen.');
    return address.port;
  }

  async stop(): Promise<void> {
    for (const link of this.links) reset(link);
    await new Promise((done) => this.server.close(done));
  }

  private accept(client: Socket): void {
    const server = new Socket().connect({ port: this.upstream(), host: '127.0.0.1' });
    server.setNoDelay(true);
    const link: Link = { client, server, pending: Buffer.alloc(0), started: false, wrote: false, swallow: false };
    this.links.add(link);
    client.on('data', (chunk) => this.hear(link, chunk));
    server.on('data', (chunk) => {
      if (!link.swallow) client.write(chunk);
    });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.links.delete(link);
        if (!link.swallow) to.destroy();
      });
    }
  }

  private hear(link: Link, chunk: Buffer): void {
    link.pending = link.pending.length ? Buffer.concat([link.pending, chunk]) : chunk;
    for (;;) {
      // The first message has no type.
      const head = link.started ? 1 : 0;
      if (link.pending.length < head + 4) return;
      const length = head + link.pending.readInt32BE(head);
      if (link.pending.length < length) return;
      const message = link.pending.subarray(0, length);
      link.pending = link.pending.subarray(length);
      if (link.started && this.isCommit(link, message) && this.interfere(link, message)) return;
      link.started = true;
      link.server.write(message);
    }
  }

  /** Whether this message commits a transaction that wrote. */
  private isCommit(link: Link, message: Buffer): boolean {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type !== 'Q' && type !== 'P') return false;
    // A prepared statement has a name before its text.
    const from = type === 'Q' ? 5 : message.indexOf(0, 5) + 1;
    const text = message
      .toString('latin1', from, Math.min(message.length, from + 4_000))
      .trimStart()
      .toLowerCase();
    if (text.startsWith('begin')) link.wrote = false;
    if (/^(insert|update|delete|with [\s\S]*\b(insert|update|delete)\b)/.test(text)) link.wrote = true;
    return link.wrote && text.startsWith('commit');
  }

  /** @returns whether the message went another way than on */
  private interfere(link: Link, message: Buffer): boolean {
    link.wrote = false;
    const fault = this.faults.at('commit').find(({ kind }) => INLINE.includes(kind));
    if (!fault) return false;
    this.faults.took(fault);
    if (fault.kind === 'commit-reset') reset(link);
    else this.loseAnswer(link, message, fault);
    return true;
  }

  /** PostgreSQL commits, and nobody hears of it. */
  private loseAnswer(link: Link, message: Buffer, { kind, amount }: Fault): void {
    link.swallow = true;
    link.server.write(message);
    if (kind === 'commit-half-open') setTimeout(() => reset(link), amount);
    else link.server.once('data', () => reset(link));
  }
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}
