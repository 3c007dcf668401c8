import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, Requires } from '../../platform/auth/auth.guard.js';
import { Returns } from '../../platform/http/returns.js';
import { WithoutIdempotencyKey } from '../../platform/http/unit-of-work.interceptor.js';
import { Proof } from './proof.schema.js';
import { Reconciliation } from './reconciliation.js';

@ApiTags('proof')
@Controller('v1/proof')
export class ProofController {
  constructor(private readonly reconciliation: Reconciliation) {}

  @Get()
  @Public()
  @Returns(Proof)
  get(): Promise<Proof> {
    return this.reconciliation.latest();
  }

  /** Compares now. */
  @Post()
  @Requires('audit:verify')
  @WithoutIdempotencyKey('it only looks, and says what it sees', { transaction: false })
  @Returns(Proof, 200)
  check(): Promise<Proof> {
    return this.reconciliation.check();
  }
}
