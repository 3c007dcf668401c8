import { Injectable } from '@nestjs/common';
import type { Address } from 'viem';
import type { Conflict } from '../platform/problem.js';

/** Says why a wallet may not be linked for now, if so.
 *  @param investorId null: of nobody who is an investor yet */
type WalletHold = (investorId: string | null, wallet: Address) => Promise<Conflict | undefined>;

/** What keeps investors from bringing further wallets. Other features know it and say so here, in their constructors; parties asks. */
@Injectable()
export class WalletHolds {
  private readonly holds: WalletHold[] = [];

  add(hold: WalletHold): void {
    this.holds.push(hold);
  }

  async of(investorId: string | null, wallet: Address): Promise<Conflict | undefined> {
    for (const hold of this.holds) {
      const why = await hold(investorId, wallet);
      if (why) return why;
    }
    return undefined;
  }
}
