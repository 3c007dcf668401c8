import { Inject, Injectable } from '@nestjs/common';
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionParameters,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  type PublicClient,
  type ReadContractParameters,
  type ReadContractReturnType,
} from 'viem';
import { Unavailable } from '../platform/problem.js';
import { ChainClient } from './chain-client.js';
import { type Deployment, type InfrastructureName, readDeployment } from './deployment.js';
import { ChainSettings } from './settings.js';

type View = 'view' | 'pure';

/** What fits into the code that makes many calls in one (EIP-3860 bounds it, EIP-170 its answer), and how many of them run at a time. */
const READS_TOGETHER = 100;
const REQUESTS_AT_A_TIME = 4;

/** Typed access to contracts for features: addresses of the shared ones, reads pinned to a block, calls to enqueue. */
@Injectable()
export class Contracts {
  readonly deployment: Deployment | undefined;

  constructor(
    private readonly client: ChainClient,
    @Inject(ChainSettings) settings: ChainSettings,
  ) {
    this.deployment = settings.deploymentFile === undefined ? undefined : readDeployment(settings.deploymentFile);
  }

  /** viem's client, for what `read` does not cover. */
  get publicClient(): PublicClient {
    return this.client.reads;
  }

  /** Address of a shared contract.
   *  @throws Unavailable CONTRACTS_UNKNOWN when no deployment is configured */
  address(name: InfrastructureName): Address {
    if (this.deployment) return this.deployment.contracts[name];
    throw new Unavailable('CONTRACTS_UNKNOWN', `No deployment is configured, so the address of ${name} is unknown (DEPLOYMENT_FILE).`);
  }

  /** Calls a view at the end of `blockNumber` (default: the latest block). Read what belongs together at one block. */
  read<
    const abi extends Abi | readonly unknown[],
    functionName extends ContractFunctionName<abi, View>,
    const args extends ContractFunctionArgs<abi, View, functionName>,
  >(parameters: ReadContractParameters<abi, functionName, args>): Promise<ReadContractReturnType<abi, functionName, args>> {
    return this.client.reads.readContract(parameters);
  }

  /** Calls one view of one contract once for each of `calls`, in order, a hundred in one request. It needs no contract on the chain. */
  async readEach<
    const abi extends Abi | readonly unknown[],
    functionName extends ContractFunctionName<abi, View>,
    const args extends ContractFunctionArgs<abi, View, functionName>,
  >(
    { blockNumber, ...view }: { address: Address; abi: abi; functionName: functionName; blockNumber?: bigint },
    calls: readonly args[],
  ): Promise<ReadContractReturnType<abi, functionName, args>[]> {
    const answers: ReadContractReturnType<abi, functionName, args>[] = [];
    const options = { allowFailure: false, deployless: true, batchSize: 0, ...(blockNumber === undefined ? {} : { blockNumber }) } as const;
    for (let from = 0; from < calls.length; from += REQUESTS_AT_A_TIME * READS_TOGETHER) {
      const requests = Array.from({ length: REQUESTS_AT_A_TIME }, (_, n) => {
        const contracts = calls.slice(from + n * READS_TOGETHER, from + (n + 1) * READS_TOGETHER).map((args) => ({ ...view, args }));
        return contracts.length ? this.client.reads.multicall({ ...options, contracts: contracts as ContractFunctionParameters[] }) : [];
      });
      for (const part of await Promise.all(requests)) answers.push(...(part as typeof answers));
    }
    return answers;
  }

  /** Target and calldata, as `Transactions.enqueue` takes them. */
  call<const abi extends Abi | readonly unknown[], functionName extends ContractFunctionName<abi> | undefined = undefined>(
    to: Address,
    parameters: EncodeFunctionDataParameters<abi, functionName>,
  ): { to: Address; data: Hex } {
    return { to, data: encodeFunctionData(parameters) };
  }
}
