import { Injectable } from '@nestjs/common';
import { type Address, encodeFunctionData, type Hex, parseAbi, slice } from 'viem';
import { Workflows } from '../platform/workflow/workflows.js';
import { ChainClock } from './chain-clock.js';
import { Contracts } from './contracts.js';
import { Operations } from './operations.js';
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

const WAIT_MS = 1_000;

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
  ) {}

  /** Steps of a workflow: call it in a workflow body, not in a step.
   *  @throws OperationFailed, ChainRefused */
  async run({ businessKey, sender, manager, to, data }: RestrictedCallRequest): Promise<void> {
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
    await this.send(`${businessKey}:schedule`, sender, manager, schedule);
    while (!(await this.workflows.step(`${businessKey}: due`, () => this.isDue(manager, caller, to, data)))) {
      await this.workflows.sleep(WAIT_MS);
    }
    await this.send(businessKey, sender, manager, encodeFunctionData({ abi: accessManagerAbi, functionName: 'execute', args: [to, data] }));
  }

  private async send(businessKey: string, sender: SenderRole, to: Address, data: Hex): Promise<void> {
    await this.workflows.step(businessKey, async () => {
      const { id } = await this.transactions.enqueue({ businessKey, sender, to, data });
      await this.operations.confirmed(id);
    });
  }

  private async isDue(manager: Address, caller: Address, to: Address, data: Hex): Promise<boolean> {
    const id = await this.contracts.read({
      address: manager,
      abi: accessManagerAbi,
      functionName: 'hashOperation',
      args: [caller, to, data],
    });
    const when = await this.contracts.read({ address: manager, abi: accessManagerAbi, functionName: 'getSchedule', args: [id] });
    return when !== 0 && BigInt(when) <= (await this.clock.now());
  }
}
