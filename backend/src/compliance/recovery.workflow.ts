import { Injectable } from '@nestjs/common';
import { OperationFailed, Operations } from '../chain/operations.js';
import { ChainRefused } from '../chain/refusal.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { RecoverySteps } from './recovery-steps.js';

/** Propose, wait the token's delay by the chain's clock, recover. */
@Injectable()
export class Recovering {
  private readonly workflow: Workflow<{ recoveryId: string }>;

  constructor(
    private readonly workflows: Workflows,
    private readonly operations: Operations,
    private readonly steps: RecoverySteps,
  ) {
    this.workflow = workflows.define('wallet-recovery', ({ recoveryId }) => this.run(recoveryId));
  }

  start(recoveryId: string): Promise<void> {
    return this.workflow.start(`wallet-recovery:${recoveryId}`, { recoveryId });
  }

  private async run(id: string): Promise<void> {
    const { workflows, steps } = this;
    const refused = await this.carryOut('propose', () => steps.propose(id));
    if (refused !== null) return workflows.step('fail', () => steps.fail(id, refused));
    const executableAt = await workflows.step('proposed', () => steps.proposed(id));
    for (;;) {
      const seconds = await workflows.step('clock', () => steps.secondsLeft(executableAt));
      if (seconds === 0) break;
      await workflows.sleep(Math.min(300, Math.max(1, seconds / 10)) * 1000);
    }
    const failed = await this.carryOut('recover', () => steps.recover(id));
    if (failed !== null) return workflows.step('fail', () => steps.fail(id, failed));
    await workflows.step('finish', () => steps.finish(id));
  }

  /** @returns null when the operation is confirmed, else why it is not. A value, not an error: it has to survive a restart. */
  private async carryOut(name: string, enqueue: () => Promise<string>): Promise<string | null> {
    const enqueued = await this.workflows.step(name, () =>
      enqueue().then(
        (operationId) => ({ operationId, refused: null }),
        (error: unknown) => {
          if (error instanceof ChainRefused) return { operationId: null, refused: error.message };
          throw error;
        },
      ),
    );
    if (enqueued.operationId === null) return enqueued.refused;
    const { operationId } = enqueued;
    return this.workflows.step(`${name} confirmed`, async () => {
      const operation = await this.operations.wait(operationId);
      return operation.state === 'CONFIRMED' ? null : new OperationFailed(operation).message;
    });
  }
}
