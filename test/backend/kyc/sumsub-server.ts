import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SumsubApplicant = {
  id: string;
  externalUserId: string;
  levelName: string;
  type: string;
  info: Record<string, unknown>;
  review: { reviewStatus: string; reviewDate?: string; reviewResult?: Record<string, unknown> };
};

/** A server that speaks the part of Sumsub's protocol that the adapter uses, and refuses what Sumsub refuses: a wrong token, a wrong
 *  signature, a timestamp more than a minute off, a second applicant of the same external user. */
export class SumsubServer {
  readonly appToken = 'sbx:test-token';
  readonly secretKey = 'test-secret-key';
  readonly applicants = new Map<string, SumsubApplicant>();
  readonly requests: { method: string; path: string; body: unknown }[] = [];
  /** Answers of this status are sent instead, one a request. */
  readonly failures: (number | 'drop-answer')[] = [];
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(({ status, body, drop }) => {
      if (drop) return response.destroy();
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  review(id: string, review: SumsubApplicant['review'], info: Record<string, unknown> = {}): void {
    const applicant = this.applicants.get(id);
    if (!applicant) throw new Error(`no applicant ${id}`);
    applicant.review = review;
    Object.assign(applicant.info, info);
  }

  byCase(caseId: string): SumsubApplicant {
    const applicant = [...this.applicants.values()].find((a) => a.externalUserId === caseId);
    if (!applicant) throw new Error(`no applicant of case ${caseId}`);
    return applicant;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown; drop?: boolean }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const path = request.url ?? '';
    const failure = this.failures.shift();
    if (typeof failure === 'number') return { status: failure, body: { code: failure, description: 'as told' } };

    const seconds = String(request.headers['x-app-access-ts']);
    const expected = createHmac('sha256', this.secretKey).update(`${seconds}${request.method}${path}`).update(raw).digest('hex');
    if (request.headers['x-app-token'] !== this.appToken) return { status: 401, body: { code: 401, description: 'unknown token' } };
    if (request.headers['x-app-access-sig'] !== expected)
      return { status: 401, body: { code: 401, description: 'Request signature mismatch' } };
    if (Math.abs(Number(seconds) - Date.now() / 1000) > 60) return { status: 401, body: { code: 401, description: 'timestamp off' } };

    const body: unknown = raw.length > 0 ? JSON.parse(raw.toString()) : undefined;
    this.requests.push({ method: request.method ?? '', path, body });
    const answer = this.route(request.method ?? '', path, body as Record<string, unknown>);
    return failure === 'drop-answer' ? { ...answer, drop: true } : answer;
  }

  private route(method: string, path: string, body: Record<string, unknown>): { status: number; body: unknown } {
    const created = /^\/resources\/applicants\?levelName=(.+)$/.exec(path);
    if (method === 'POST' && created) {
      const externalUserId = String(body.externalUserId);
      if ([...this.applicants.values()].some((a) => a.externalUserId === externalUserId)) {
        return { status: 409, body: { code: 409, description: `Applicant with external user id '${externalUserId}' already exists` } };
      }
      const id = createHmac('sha256', 'id').update(externalUserId).digest('hex').slice(0, 24);
      const applicant: SumsubApplicant = {
        id,
        externalUserId,
        levelName: decodeURIComponent(created[1] ?? ''),
        type: String(body.type),
        info: { ...(body.fixedInfo as object) },
        review: { reviewStatus: 'init' },
      };
      this.applicants.set(id, applicant);
      return { status: 201, body: applicant };
    }
    if (method === 'POST' && path === '/resources/sdkIntegrations/levels/-/websdkLink') {
      return { status: 200, body: { url: `https://in.sumsub.example/websdk/p/${String(body.userId)}` } };
    }
    const fetched = /^\/resources\/applicants\/([^/]+)\/one$/.exec(path)?.[1];
    if (method === 'GET' && fetched) {
      const external = /^-;externalUserId=(.+)$/.exec(decodeURIComponent(fetched))?.[1];
      const applicant = external ? [...this.applicants.values()].find((a) => a.externalUserId === external) : this.applicants.get(fetched);
      return applicant ? { status: 200, body: applicant } : { status: 404, body: { code: 404, description: 'Applicant not found' } };
    }
    return { status: 404, body: { code: 404, description: `no such resource ${method} ${path}` } };
  }
}
