import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { keccak256, parseTransaction, recoverTransactionAddress, type TransactionSerialized } from 'viem';
import { type Fault, Faults } from './plan.js';

type Call = { jsonrpc: string; id: unknown; method: string; params: unknown[] };
type Reply = { jsonrpc: string; id: unknown; result?: unknown; error?: { code: number; message: string } };
/** A fault that goes on for a while; it counts once it has changed an answer. */
type Window = { fault: Fault; left: number; counted: boolean };
/** The socket is reset instead of an answer. */
const SILENCE = Symbol('no answer');

/** What other clients say about a transaction that they have already. */
const FOREIGN_TEXTS = ['already known', 'AlreadyKnown', 'Known transaction', 'Transaction gossiped already', 'nonce too low'];

/** Fees of what was broadcast, by sender and nonce: anvil takes a replacement for one wei more, other nodes want a tenth. */
export type Pool = Map<string, { hash: string; fee: bigint }>;

/** Stands between one process and the node, and misbehaves as the plan says. */
export class RpcProxy {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true });
  /** Requests that are still to be answered with this status. */
  private refusing: { status: number; left: number; fault: Fault } | undefined;
  private receipts: Window | undefined;
  private logs: Window | undefined;
  private behind: Window | undefined;
  private foreign: Window | undefined;
  private constructor(
    private readonly upstream: string,
    private readonly faults: Faults,
    private readonly pool: Pool,
  ) {
    this.server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing).catch(() => outgoing.destroy()));
  }

  static async start(upstream: string, faults: Faults, pool: Pool): Promise<RpcProxy> {
    const proxy = new RpcProxy(upstream, faults, pool);
    await new Promise<void>((done) => proxy.server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get url(): string {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new Error('The proxy does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** One that lags behind: its head, and all it says of it, is so many blocks old for `ms`. */
  lag(fault: Fault, ms: number): void {
    this.behind = open(fault);
    setTimeout(() => (this.behind = undefined), ms);
  }

  /** The node of another chain answers for `ms`. */
  switchChain(fault: Fault, ms: number): void {
    this.foreign = open(fault);
    setTimeout(() => (this.foreign = undefined), ms);
  }

  calm(): void {
    this.refusing = this.receipts = this.logs = this.behind = this.foreign = undefined;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    if (this.refusing && this.refusing.left-- > 0) return refuse(outgoing, this.refusing.status);
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    const answers = await Promise.all([asked].flat().map((call) => this.answer(call)));
    if (answers.some((answer) => answer === SILENCE)) return void outgoing.socket?.resetAndDestroy();
    const status = answers.find((answer) => typeof answer === 'number');
    if (typeof status === 'number') return refuse(outgoing, status);
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
  }

  private async answer(call: Call): Promise<Reply | number | typeof SILENCE> {
    const { id, method } = call;
    if (method === 'eth_sendRawTransaction') return this.broadcast(call);
    if (this.foreign && method === 'eth_chainId') {
      this.count(this.foreign);
      return { jsonrpc: '2.0', id, result: '0x2a' };
    }
    if (method === 'eth_getTransactionReceipt') {
      for (const fault of this.faults.at('receipt')) this.receipts = open(fault);
      const real = await this.ask(call);
      const hidden = real.result && (this.takes(this.receipts) || (await this.isAboveHead(real.result)));
      return hidden ? { jsonrpc: '2.0', id, result: null } : real;
    }
    if (method === 'eth_getLogs') {
      for (const fault of this.faults.at('logs')) this.logs = open(fault);
      const real = await this.ask(call);
      return (real.result as unknown[])?.length && this.takes(this.logs) ? { jsonrpc: '2.0', id, result: [] } : real;
    }
    return this.behind ? this.lagged(call, this.behind) : this.ask(call);
  }

  /** Whether this answer falls under a fault that goes on for so many. */
  private takes(window: Window | undefined): boolean {
    if (!window || window.left-- <= 0) return false;
    this.count(window);
    return true;
  }

  private count(window: Window): void {
    if (!window.counted) this.faults.took(window.fault);
    window.counted = true;
  }

  /* BROADCASTS */

  private async broadcast(call: Call): Promise<Reply | number | typeof SILENCE> {
    const refused = await this.underpriced(call);
    if (refused) return refused;
    const [fault] = this.faults.at('send');
    if (!fault) return this.ask(call);
    if (fault.kind !== 'pool-drop') this.faults.took(fault);
    switch (fault.kind) {
      case 'drop-before':
        return SILENCE;
      case 'http-429':
      case 'http-500': {
        const status = fault.kind === 'http-429' ? 429 : 500;
        this.refusing = { status, left: fault.amount, fault };
        return status;
      }
      default:
        return this.afterSending(call, fault);
    }
  }

  private async afterSending(call: Call, fault: Fault): Promise<Reply | typeof SILENCE> {
    const real = await this.ask(call);
    switch (fault.kind) {
      case 'drop-after':
        return SILENCE;
      case 'delay':
        await new Promise((done) => setTimeout(done, fault.amount));
        return real;
      case 'duplicate':
        for (let again = 0; again < 2; again++) await this.ask(call);
        return real;
      case 'foreign-text': {
        const message = FOREIGN_TEXTS[fault.at % FOREIGN_TEXTS.length] ?? 'already known';
        return { jsonrpc: '2.0', id: call.id, error: { code: -32_000, message } };
      }
      case 'pool-drop':
        if ((await this.ask({ ...call, method: 'anvil_dropTransaction', params: [real.result] })).result) this.faults.took(fault);
        return real;
      default:
        return real;
    }
  }

  /** Other nodes want a tenth more for a replacement. */
  private async underpriced({ id, params }: Call): Promise<Reply | undefined> {
    const raw = params[0] as TransactionSerialized;
    const { nonce = 0, maxFeePerGas = 0n } = parseTransaction(raw);
    const key = `${await recoverTransactionAddress({ serializedTransaction: raw })}:${nonce}`;
    const before = this.pool.get(key);
    const hash = keccak256(raw);
    if (before && before.hash !== hash && maxFeePerGas * 10n < before.fee * 11n) {
      this.faults.count('F18');
      return { jsonrpc: '2.0', id, error: { code: -32_000, message: 'replacement transaction underpriced' } };
    }
    this.pool.set(key, { hash, fee: maxFeePerGas });
    return undefined;
  }

  /* A NODE THAT LAGS BEHIND */

  private async head(): Promise<number> {
    const { result } = await this.ask({ jsonrpc: '2.0', id: 0, method: 'eth_blockNumber', params: [] });
    return Math.max(0, Number(result) - (this.behind?.fault.amount ?? 0));
  }

  private async isAboveHead(receipt: unknown): Promise<boolean> {
    if (!this.behind || !receipt) return false;
    return Number((receipt as { blockNumber: string }).blockNumber) > (await this.head());
  }

  private async lagged(call: Call, window: Window): Promise<Reply> {
    const head = await this.head();
    if (call.method === 'eth_blockNumber' || call.params.includes('latest')) this.count(window);
    const { id, method, params } = call;
    if (method === 'eth_blockNumber') return { jsonrpc: '2.0', id, result: hex(head) };
    if (method === 'eth_getBlockByNumber' && Number(params[0]) > head) return { jsonrpc: '2.0', id, result: null };
    return this.ask({ ...call, params: params.map((param) => (param === 'latest' || param === 'pending' ? hex(head) : param)) });
  }

  private ask(call: Call): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        this.upstream,
        { method: 'POST', agent: this.agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Reply));
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(call));
    });
  }
}

function refuse(outgoing: ServerResponse, status: number): void {
  outgoing.writeHead(status, status === 429 ? { 'retry-after': '1' } : {});
  outgoing.end('{}');
}

const open = (fault: Fault): Window => ({ fault, left: fault.amount, counted: false });
const hex = (value: number): string => `0x${value.toString(16)}`;
