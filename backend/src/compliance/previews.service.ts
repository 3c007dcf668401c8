import { Injectable } from '@nestjs/common';
import type { Address } from 'viem';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { reasonOf } from '../chain/reason-codes.js';
import { Investors } from '../parties/investors.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { actingIn, isStaffOf } from '../platform/auth/scope.js';
import { NotFound } from '../platform/problem.js';
import { formatAmount, parseAmount, UINT256_MAX } from '../platform/schema/amount.js';
import type { PreviewTransfer, TransferPreview } from './compliance.schema.js';

/** What the token would say to a transfer, with every check, before anybody sends it. */
@Injectable()
export class TransferPreviews {
  constructor(
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly contracts: Contracts,
    private readonly audit: Audit,
  ) {}

  /** A refused transaction leaves nothing on chain, so the refusals that people were shown are kept here.
   *  @throws NotFound WALLET_NOT_FOUND when an investor asks for somebody else’s wallet */
  async preview({ instrumentId, from, to, units }: PreviewTransfer, actor: Actor): Promise<TransferPreview> {
    const { token, decimals, tenantId } = await this.instruments.deployed(instrumentId, actor);
    if (!isStaffOf(actor, tenantId)) await this.checkOwn(from, actor);
    const amount = parseAmount(units, decimals, 'units');
    const [code, verdicts] = await this.contracts.read({
      address: token,
      abi: securityTokenAbi,
      functionName: 'explain',
      args: [from, to, amount],
    });
    if (code !== 0) {
      const payload = { from, to, units, code, reason: reasonOf(code).name };
      await this.audit.append({
        actor: actingIn(actor, tenantId),
        action: 'transfer.previewed',
        subject: `instrument:${instrumentId}`,
        payload,
        result: 'REFUSED',
      });
    }
    return {
      allowed: code === 0,
      reason: reasonOf(code),
      verdicts: verdicts.map(({ rule, code: own, pass, actual, limit, room, until }) => ({
        rule,
        isToken: rule.toLowerCase() === token.toLowerCase(),
        pass,
        reason: reasonOf(own),
        actual,
        limit,
        room: room === UINT256_MAX ? null : formatAmount(room, decimals),
        until: until === 0 ? null : new Date(until * 1000),
      })),
    };
  }

  private async checkOwn(wallet: Address, actor: Actor): Promise<void> {
    const owner = await this.investors.byWallet(wallet);
    if (!owner || owner.id !== actor.partyId) throw new NotFound('WALLET_NOT_FOUND', `You have no wallet ${wallet}.`);
  }
}
