import { Inject, Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { HttpProblem, Invalid, Unavailable, Unprocessable } from '../problem.js';
import { scan } from './clamd.js';
import { type UploadType, whatIsWrong } from './content.js';
import { uploadUsage } from './uploads.tables.js';

/** The door for bytes that people bring. Who keeps them gives them a name of our own. */
@Injectable()
export class Uploads {
  private readonly log = new Logger(Uploads.name);

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Lets bytes in, in the ambient transaction, or says why not.
   *  @param subject what they are for, as the audit log names it
   *  @throws Invalid DOCUMENT_CONTENT_INVALID · HttpProblem 413 UPLOAD_QUOTA_EXCEEDED · Unprocessable UPLOAD_INFECTED · Unavailable
   *  SCANNER_UNAVAILABLE */
  async admit(content: Buffer, type: UploadType, { actor, subject }: { actor: Actor; subject: string }): Promise<void> {
    const wrong = await whatIsWrong(content, type);
    if (wrong) {
      throw new Invalid('DOCUMENT_CONTENT_INVALID', {
        detail: wrong,
        remedy: 'Send a plain PDF as application/pdf, or UTF-8 text without HTML as text/plain or text/markdown.',
      });
    }
    await this.assertClean(content, actor, subject);
    await this.use(actor.partyId ?? actor.personId, content.length);
  }

  /** Without CLAMD_URL nothing is scanned. A scanner that does not answer lets nothing in. */
  private async assertClean(content: Buffer, actor: Actor, subject: string): Promise<void> {
    const { clamdUrl } = this.config.uploads;
    if (!clamdUrl) return;
    const found = await scan(clamdUrl, content).catch((error: unknown) => {
      this.log.error({ err: error }, 'An upload could not be scanned and is refused.');
      throw new Unavailable('SCANNER_UNAVAILABLE', {
        detail: 'The virus scanner does not answer.',
        remedy: 'Try again later; nothing was kept.',
      });
    });
    if (found === null) return;
    await this.audit.refused({ actor, action: 'document.added', subject, payload: { infected: found } });
    throw new Unprocessable('UPLOAD_INFECTED', { detail: `The virus scanner found ${found} in it.`, remedy: 'Send a clean copy.' });
  }

  private async use(principal: string, bytes: number): Promise<void> {
    const { quotaBytes } = this.config.uploads;
    const { rows } = await this.database.query.execute(sql`
      insert into ${uploadUsage} as used (principal, files, bytes)
      select ${principal}, 1, ${bytes}::bigint where ${bytes}::bigint <= ${quotaBytes}::bigint
      on conflict (principal) do update set files = used.files + 1, bytes = used.bytes + excluded.bytes
        where used.bytes + excluded.bytes <= ${quotaBytes}::bigint
      returning 1`);
    if (rows.length > 0) return;
    throw new HttpProblem(413, 'Too large', 'UPLOAD_QUOTA_EXCEEDED', {
      detail: `With these ${bytes} bytes you would keep more than ${quotaBytes} here.`,
      remedy: 'Ask the operator for more room (UPLOAD_QUOTA_MB).',
    });
  }
}
