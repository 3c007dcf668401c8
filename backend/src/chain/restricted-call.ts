import { Inject, Injectable } from '@nestjs/common';
import { type Address, encodeFunctionData, type Hex, parseAbi, slice } from 'viem';
import { Workflows } from '../platform/workflow/workflows.js';
import { ChainClock } from './chain-clock.js';
import { Contracts } from './contracts.js';
import { Operations } from './operations.js';
import { refusalOf } from './refusal-of.js';
import { ChainSettings } from './settings.js';
import { type SenderRole, Signer } from './signer.js';
import { Transactions } from './transactions.js';

/** What of OpenZeppelin's AccessManager is called here. */
const accessManagerAbi = parseAbi([
  'function canCall(address caller, address target, bytes4 selector) view returns (bool immediate, uint32 delay)',
  'function hashOperation(address caller, address target, bytes data) view returns (bytes32)',
  'function getSchedule(bytes32 id) view returns (uint48)',
  'function schedule(address target, bytes data, uint48 when) returns (bytes32 operationId, uint32 nonce)',
  'function execute(address target, bytes data) payable returns (uint32)',
]);

export type RestrictedCallRequest = {
  businessKey: string;
  sender: SenderRole;
  /** The AccessManager that governs `to`. */
  manager: Address;
  to: Address;
  data: Hex;
};

const DEVELOPMENT_CHAIN = 31337;
const LONGEST_WAIT_S = 3_600;

/** Calls a function that an AccessManager restricts: at once where the sender may, else announced, waited for and executed. */
@Injectable()
export class RestrictedCalls {
  constructor(
    private readonly workflows: Workflows,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly signer: Signer,
    private readonly clock: ChainClock,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
  ) {}

  /** Steps of a workflow: call it in a workflow body, not in a step.
   *  @returns null when it is done, else why not: the chain refuses, the guardian cancelled it, or nobody executed it in time. A value,
   *           not an error: it has to survive a restart. */
  async run({ businessKey, sender, manager, to, data }: RestrictedCallRequest): Promise<string | null> {
    const caller = this.signer.addressOf(sender);
    const delay = await this.workflows.step(`${businessKey}: permission`, async () => {
      const [immediate, seconds] = await this.contracts.read({
        address: manager,
        abi: accessManagerAbi,
        functionName: 'canCall',
        args: [caller, to, slice(data, 0, 4)],
      });
      return immediate ? 0 : seconds;
    });
    if (delay === 0) return this.send(businessKey, sender, to, data);

    const schedule = encodeFunctionData({ abi: accessManagerAbi, functionName: 'schedule', args: [to, data, 0] });
    const refused = await this.send(`${businessKey}:schedule`, sender, manager, schedule);
    if (refused !== null) return refused;
    for (;;) {
      const seconds = await this.workflows.step(`${businessKey}: due`, () => this.untilDue(manager, caller, to, data));
      if (seconds === null) return `${businessKey} was announced, but its schedule is gone: the guardian cancelled it or it expired.`;
      if (seconds === 0) break;
      await this.workflows.sleep(this.pause(seconds) * 1_000);
    }
    return this.send(
      businessKey,
      sender,
      manager,
      encodeFunctionData({ abi: accessManagerAbi, functionName: 'execute', args: [to, data] }),
    );
  }

  private send(businessKey: string, sender: SenderRole, to: Address, data: Hex): Promise<string | null> {
    return this.workflows.step(businessKey, () =>
      refusalOf(async () => {
        const { id } = await this.transactions.enqueue({ businessKey, sender, to, data });
        await this.operations.confirmed(id);
      }),
    );
  }

  /** A development chain's time jumps. Elsewhere a look an hour notices a cancellation soon enough. */
  private pause(seconds: number): number {
    return this.settings.chainId === DEVELOPMENT_CHAIN ? 1 : Math.min(seconds, LONGEST_WAIT_S);
  }

  /** Seconds of the chain until the call may be executed; null when it is not scheduled any more. */
  private async untilDue(manager: Address, caller: Address, to: Address, data: Hex): Promise<number | null> {
    const id = await this.contracts.read({
      address: manager,
      abi: accessManagerAbi,
      functionName: 'hashOperation',
      args: [caller, to, data],
    });
    const when = await this.contracts.read({ address: manager, abi: accessManagerAbi, functionName: 'getSchedule', args: [id] });
    return when === 0 ? null : Math.max(0, when - Number(await this.clock.now()));
  }
}
