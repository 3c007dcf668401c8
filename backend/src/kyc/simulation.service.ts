import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RetryableError } from '../platform/workflow/retryable.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { SimulatedVerification } from './kyc.schema.js';
import { KycProviders } from './providers/kyc-providers.js';
import { Simulator } from './providers/simulator.js';

/** Plays the person and the provider: completes a simulated verification and delivers its webhook to our own endpoint over HTTP. */
@Injectable()
export class Simulation {
  private readonly delivery: Workflow<{ ref: string }>;

  constructor(
    private readonly providers: KycProviders,
    private readonly simulator: Simulator,
    private readonly workflows: Workflows,
    private readonly host: HttpAdapterHost,
  ) {
    this.delivery = workflows.define('simulator-webhook', ({ ref }) => this.workflows.step('deliver', () => this.deliver(ref)));
  }

  /** @throws NotFound PROVIDER_UNKNOWN in production · VERIFICATION_NOT_FOUND */
  async complete(ref: string): Promise<SimulatedVerification> {
    this.providers.byId(this.simulator.id);
    const verification = await this.simulator.complete(ref);
    await this.delivery.start(`simulator-webhook:${ref}:${verification.attempt}`, { ref });
    return verification;
  }

  private async deliver(ref: string): Promise<void> {
    const address = (this.host.httpAdapter.getHttpServer() as Server).address();
    if (typeof address !== 'object' || !address) throw new RetryableError('Our own server does not listen yet.');
    const ip = address.address === '::' || address.address === '0.0.0.0' ? '127.0.0.1' : address.address;
    const url = `http://${ip.includes(':') ? `[${ip}]` : ip}:${address.port}/v1/webhooks/simulator`;
    const { body, headers } = await this.simulator.webhook(ref);
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
      throw new RetryableError('Our own server does not answer.', { cause: error });
    });
    if (response.status >= 500 || response.status === 429) throw new RetryableError(`The webhook was answered with ${response.status}.`);
    if (!response.ok) throw new Error(`The webhook was refused with ${response.status}.`);
  }
}
