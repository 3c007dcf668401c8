import { Inject, Injectable } from '@nestjs/common';
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
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
import { readEach, type View } from './read-each.js';
import { ChainSettings } from './settings.js';

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

  /** `readEach` on this chain. */
  readEach<
    const abi extends Abi | readonly unknown[],
    functionName extends ContractFunctionName<abi, View>,
    const args extends ContractFunctionArgs<abi, View, functionName>,
  >(
    view: { address: Address; abi: abi; functionName: functionName; blockNumber?: bigint },
    calls: readonly args[],
  ): Promise<ReadContractReturnType<abi, functionName, args>[]> {
    return readEach(this.client.reads, view, calls);
  }

  /** Target and calldata, as `Transactions.enqueue` takes them. */
  call<const abi extends Abi | readonly unknown[], functionName extends ContractFunctionName<abi> | undefined = undefined>(
    to: Address,
    parameters: EncodeFunctionDataParameters<abi, functionName>,
  ): { to: Address; data: Hex } {
    return { to, data: encodeFunctionData(parameters) };
  }
}
