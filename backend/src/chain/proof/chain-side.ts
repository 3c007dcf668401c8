import { type Address, erc20Abi, type PublicClient } from 'viem';
import { distributorAbi, securityTokenAbi } from '../../../../contracts/generated/abi.js';
import { readEach } from '../read-each.js';
import type { Difference } from './proof.schema.js';
import type { Paid, Register } from './register.js';

const FUNDED = 2;

export type Compared = { differences: Difference[]; values: number; supply: bigint };
/** What one distribution still owes, in its payment token. */
export type Owed = { paymentToken: Address; distributor: Address; amount: bigint };

/** Reads every value of a register directly from the chain, at the end of one block, and names those that differ. */
export async function compare(client: PublicClient, register: Register, blockNumber: bigint): Promise<Compared> {
  const { token, wallets } = register;
  const of = { address: token, abi: securityTokenAbi, blockNumber } as const;
  const each = wallets.map(({ wallet }) => [wallet] as const);
  const supply = await client.readContract({ ...of, functionName: 'totalSupply' });
  const balances = await readEach(client, { ...of, functionName: 'balanceOf' }, each);
  const frozenUnits = await readEach(client, { ...of, functionName: 'getFrozenTokens' }, each);
  const frozen = await readEach(client, { ...of, functionName: 'isFrozen' }, each);
  const differences: Difference[] = [];
  const expect = (what: Difference['what'], subject: string | null, projected: unknown, chain: unknown): void => {
    if (String(projected) !== String(chain)) differences.push({ what, subject, projected: String(projected), chain: String(chain) });
  };
  expect('SUPPLY', null, register.supply, supply);
  // A holder of whom the projection knows nothing is missing in the sum.
  const sum = wallets.reduce((total, { balance }) => total + balance, 0n);
  expect('SUM_OF_BALANCES', null, sum, supply);
  for (const [index, each] of wallets.entries()) {
    expect('BALANCE', each.wallet, each.balance, balances[index]);
    expect('FROZEN_UNITS', each.wallet, each.frozenUnits, frozenUnits[index]);
    expect('FROZEN', each.wallet, each.frozen, frozen[index]);
  }
  for (const { distributionId, distributor, paid, paidCount } of register.paid) {
    const args = [distributionId] as const;
    const totals = await client.readContract({ address: distributor, abi: distributorAbi, functionName: 'totalsOf', args, blockNumber });
    expect('PAID', distributionId, paid, totals.paid);
    expect('PAID_COUNT', distributionId, paidCount, totals.paidCount);
  }
  return { differences, values: 2 + 3 * wallets.length + 2 * register.paid.length, supply };
}

/** What the Distributor owes for these distributions: what was funded and is neither paid nor released. */
export async function owedFor(client: PublicClient, paid: readonly Paid[], blockNumber: bigint): Promise<Owed[]> {
  const owed = paid.map(async ({ distributionId, distributor }) => {
    const common = { address: distributor, abi: distributorAbi, args: [distributionId] as const, blockNumber };
    const [totals, declared] = await Promise.all([
      client.readContract({ ...common, functionName: 'totalsOf' }),
      client.readContract({ ...common, functionName: 'declarationOf' }),
    ]);
    const rest =
      declared.net - totals.paid + (totals.withheldReleased ? 0n : declared.withheld) + (totals.dustReleased ? 0n : declared.dust);
    return { paymentToken: declared.paymentToken, distributor, amount: totals.state === FUNDED ? rest : 0n };
  });
  return Promise.all(owed);
}

/** Payment tokens that the Distributor owes, and how much of them it holds. */
export async function heldAgainst(client: PublicClient, owed: readonly Owed[], blockNumber: bigint) {
  const sums = new Map<Address, Owed>();
  for (const each of owed) {
    const known = sums.get(each.paymentToken);
    sums.set(each.paymentToken, { ...each, amount: (known?.amount ?? 0n) + each.amount });
  }
  const lines = [...sums.values()].map(async ({ paymentToken, distributor, amount }) => {
    const args = [distributor] as const;
    const held = await client.readContract({ address: paymentToken, abi: erc20Abi, functionName: 'balanceOf', args, blockNumber });
    const short = held < amount ? amount - held : 0n;
    return { paymentToken, owed: amount.toString(), held: held.toString(), short: short.toString() };
  });
  return Promise.all(lines);
}
