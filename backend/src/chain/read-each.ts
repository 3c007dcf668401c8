import type {
  Abi,
  Address,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionParameters,
  PublicClient,
  ReadContractReturnType,
} from 'viem';

export type View = 'view' | 'pure';

/** What fits into the code that makes many calls in one (EIP-3860 bounds it, EIP-170 its answer), and how many of them run at a time. */
const READS_TOGETHER = 100;
const REQUESTS_AT_A_TIME = 4;

/** Calls one view of one contract once for each of `calls`, in order, a hundred in one request. It needs no contract on the chain.
 *  @param view `blockNumber` at whose end it is read (default: the latest block) */
export async function readEach<
  const abi extends Abi | readonly unknown[],
  functionName extends ContractFunctionName<abi, View>,
  const args extends ContractFunctionArgs<abi, View, functionName>,
>(
  client: PublicClient,
  { blockNumber, ...view }: { address: Address; abi: abi; functionName: functionName; blockNumber?: bigint },
  calls: readonly args[],
): Promise<ReadContractReturnType<abi, functionName, args>[]> {
  const answers: ReadContractReturnType<abi, functionName, args>[] = [];
  const options = { allowFailure: false, deployless: true, batchSize: 0, ...(blockNumber === undefined ? {} : { blockNumber }) } as const;
  for (let from = 0; from < calls.length; from += REQUESTS_AT_A_TIME * READS_TOGETHER) {
    const requests = Array.from({ length: REQUESTS_AT_A_TIME }, (_, n) => {
      const contracts = calls.slice(from + n * READS_TOGETHER, from + (n + 1) * READS_TOGETHER).map((args) => ({ ...view, args }));
      return contracts.length ? client.multicall({ ...options, contracts: contracts as ContractFunctionParameters[] }) : [];
    });
    for (const part of await Promise.all(requests)) answers.push(...(part as typeof answers));
  }
  return answers;
}
