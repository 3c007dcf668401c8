import type { FastifyRequest } from 'fastify';
import { Invalid } from '../problem.js';

const DEEPEST = 32;
/** PostgreSQL keeps neither in a text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Refuses input that no part of the service could keep or hash, whatever the route does with it: U+0000 or half of a surrogate pair in a
 *  text, a number beyond every number, members within members without end.
 *  @throws Invalid INPUT_NOT_PLAIN */
export function requirePlainInput({ body, query, params }: FastifyRequest): void {
  const left: [value: unknown, depth: number][] = [body, query, params].map((value) => [value, 0]);
  for (let next = left.pop(); next; next = left.pop()) {
    const [value, depth] = next;
    if (typeof value === 'string' && UNSTORABLE.test(value)) refuse('A text contains U+0000 or half of a surrogate pair');
    if (typeof value === 'number' && !Number.isFinite(value)) refuse('A number is too large');
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) continue;
    if (depth === DEEPEST) refuse(`The body is nested deeper than ${DEEPEST} levels`);
    for (const [name, member] of Object.entries(value)) left.push([name, depth], [member, depth + 1]);
  }
}

function refuse(what: string): never {
  throw new Invalid('INPUT_NOT_PLAIN', { detail: `${what}.`, remedy: 'Send what the schema of the route asks for.' });
}
