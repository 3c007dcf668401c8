import { z } from 'zod';

/** What is asked of an adapter: its endpoint and that endpoint's parameters. */
export type AdapterRequest = { endpoint: string } & Record<string, string | number>;

/** What an adapter must answer in `data` to be signed. */
export const Answer = z.object({
  value: z.string().regex(/^-?\d{1,39}(\.\d{1,40})?$/, 'must be a plain decimal string'),
  valuationTimestamp: z.int().positive(),
  ripcord: z.boolean(),
  record: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type Answer = z.infer<typeof Answer>;

const Response = z.object({
  data: Answer.optional(),
  errorMessage: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** How an adapter's message begins when its source has, for certain, nothing to give. Any other failure may be over at the next try. */
const NOT_PUBLISHED = 'NOT_PUBLISHED';

/** The adapter has no value to give: nothing published, source down, or an answer that is none. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  static isCertain(message: string): boolean {
    return message.startsWith(NOT_PUBLISHED);
  }
}

/** Asks the adapter once. 502 (source) and 504 (no data yet) are ordinary and end in NoAnswer. */
export async function ask(adapterUrl: string, request: AdapterRequest, signal: AbortSignal): Promise<Answer> {
  let body: unknown;
  try {
    const response = await fetch(adapterUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: request }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    body = await response.json();
  } catch (error) {
    throw new NoAnswer(`The adapter does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = Response.safeParse(body);
  if (!parsed.success) throw new NoAnswer(`The adapter's answer cannot be read: ${z.prettifyError(parsed.error)}`);
  const { data, errorMessage, error } = parsed.data;
  if (!data) throw new NoAnswer(errorMessage ?? error?.message ?? 'The adapter gives no data.');
  return data;
}
