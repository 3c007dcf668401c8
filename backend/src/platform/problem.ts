/** What a problem document may carry besides its fixed members (RFC 9457 extension members). */
export type ProblemDetails = {
  /** A sentence for a person: what is wrong, with the offending values. */
  detail: string;
  /** What would cure it. */
  remedy?: string;
  /** Extension members, e.g. `{ errors: [{ path, message }] }`. JSON values only. */
  extensions?: Record<string, unknown>;
  /** Response headers, e.g. `{ 'retry-after': '1' }`. */
  headers?: Record<string, string>;
  cause?: unknown;
};

/** An expected refusal. Thrown anywhere, turned into `application/problem+json` by one filter. `code` is stable and part of the API. */
export abstract class Problem extends Error {
  abstract readonly status: number;
  abstract readonly title: string;
  readonly code: string;
  readonly remedy: string | undefined;
  readonly extensions: Record<string, unknown>;
  readonly headers: Record<string, string>;

  /** @param code UPPER_SNAKE, stable   @param details a sentence, or the sentence with remedy and extension members */
  constructor(code: string, details: string | ProblemDetails) {
    const given: ProblemDetails = typeof details === 'string' ? { detail: details } : details;
    super(given.detail, { cause: given.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = given.remedy;
    this.extensions = given.extensions ?? {};
    this.headers = given.headers ?? {};
  }

  /** The members of the problem document. */
  toDocument(): Record<string, unknown> {
    return {
      ...this.extensions,
      type: `urn:muniment:problem:${this.code.toLowerCase().replaceAll('_', '-')}`,
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
    };
  }
}

/** The request itself is wrong. */
export class Invalid extends Problem {
  readonly status: number = 400;
  readonly title: string = 'Invalid request';
}

/** Nobody, or nobody any more, is signed in. */
export class Unauthenticated extends Problem {
  readonly status = 401;
  readonly title = 'Not signed in';
}

/** The person may not do this. */
export class Forbidden extends Problem {
  readonly status = 403;
  readonly title = 'Not allowed';
}

/** It does not exist, or not for this person. */
export class NotFound extends Problem {
  readonly status = 404;
  readonly title = 'Not found';
}

/** The state of the resource does not allow it (now). */
export class Conflict extends Problem {
  readonly status = 409;
  readonly title = 'Conflict';
}

/** `If-Match` names another version. */
export class PreconditionFailed extends Problem {
  readonly status = 412;
  readonly title = 'Precondition failed';
}

/** Well formed, but a business rule refuses it. */
export class Unprocessable extends Problem {
  readonly status = 422;
  readonly title = 'Refused';
}

export class TooMany extends Problem {
  readonly status = 429;
  readonly title = 'Too many requests';
}

/** A part that we need (database, chain, provider) does not answer; asking again later may help. */
export class Unavailable extends Problem {
  readonly status = 503;
  readonly title = 'Temporarily unavailable';
}

/** Any other status the HTTP layer itself produces (405, 413, 415, …) and the unexpected 500. */
export class HttpProblem extends Problem {
  constructor(
    readonly status: number,
    readonly title: string,
    code: string,
    details: string | ProblemDetails,
  ) {
    super(code, details);
  }
}
