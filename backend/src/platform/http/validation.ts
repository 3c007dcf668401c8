import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Invalid } from '../problem.js';

type Issue = {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  params?: { problem?: unknown };
  keys?: string[];
};

/** Schemas on parameters (`@Body({ schema })`) are checked here. A schema's custom issue may name its own code in `params.problem`. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) => invalid(issues as readonly Issue[]),
});

function invalid(issues: readonly Issue[]): Invalid {
  const errors = issues.slice(0, 50).map((issue) => ({ path: pathOf(issue), message: issue.message }));
  const code = issues.map((issue) => issue.params?.problem).find((problem) => typeof problem === 'string');
  const first = errors[0];
  return new Invalid(typeof code === 'string' ? code : 'VALIDATION_FAILED', {
    detail: first ? `${first.path ? `${first.path}: ` : ''}${first.message}` : 'The request does not match its schema.',
    remedy: 'Correct the fields named in `errors`.',
    extensions: { errors },
  });
}

function pathOf(issue: Issue): string {
  return (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
