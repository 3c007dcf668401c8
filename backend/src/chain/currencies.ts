import { Injectable } from '@nestjs/common';
import { type Address, erc20Abi } from 'viem';
import { Invalid } from '../platform/problem.js';
import { Contracts } from './contracts.js';

/** Money that lives on chain. */
export type Currency = { symbol: string; address: Address; decimals: number };

/** The stablecoins in which investors pay and are paid: those of the deployment. */
@Injectable()
export class Currencies {
  private known: Promise<Currency> | undefined;

  constructor(private readonly contracts: Contracts) {}

  /** @throws Invalid CURRENCY_UNKNOWN */
  async bySymbol(symbol: string): Promise<Currency> {
    const currency = await this.stablecoin();
    if (currency.symbol === symbol) return currency;
    throw new Invalid('CURRENCY_UNKNOWN', {
      detail: `${symbol} is no currency of this deployment.`,
      remedy: `Use ${currency.symbol}.`,
    });
  }

  private async stablecoin(): Promise<Currency> {
    this.known ??= this.read().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  private async read(): Promise<Currency> {
    const address = this.contracts.address('stablecoin');
    const [symbol, decimals] = await Promise.all([
      this.contracts.read({ address, abi: erc20Abi, functionName: 'symbol' }),
      this.contracts.read({ address, abi: erc20Abi, functionName: 'decimals' }),
    ]);
    return { symbol, address, decimals };
  }
}
