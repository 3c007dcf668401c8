import { type AdapterResponse, makeLogger } from '@chainlink/external-adapter-framework/util/index.js';
import { AdapterError } from '@chainlink/external-adapter-framework/validation/error.js';
import { BillInvalid } from '../bill.js';
import { NotPublished, SourceUnreadable, type Valuation } from './valuation.js';

const logger = makeLogger('Valuation');

/** The framework warns of every earlier time, at each poll. */
const FRAMEWORK_EPOCH = Date.UTC(2018, 0, 1, 0, 1, 1);

/** Turns a valuation, or the reason why there is none, into the framework's answer. What is not published is 502 and a sentence that
 *  begins with NOT_PUBLISHED, a source that fails is 502 too; any other error is a fault of this program and passes through. */
export async function answer<V extends Valuation>(valuation: () => V | Promise<V>): Promise<AdapterResponse<{ Data: V; Result: string }>> {
  const providerDataRequestedUnixMs = Date.now();
  const timestamps = (valuationTime?: number) => ({
    providerDataRequestedUnixMs,
    providerDataReceivedUnixMs: Date.now(),
    providerIndicatedTimeUnixMs: valuationTime !== undefined && valuationTime >= FRAMEWORK_EPOCH ? valuationTime : undefined,
  });
  try {
    const data = await valuation();
    return { data, result: data.value, statusCode: 200, timestamps: timestamps(data.valuationTimestamp * 1000) };
  } catch (error) {
    const known = error instanceof NotPublished || error instanceof SourceUnreadable || error instanceof BillInvalid;
    if (!known && !(error instanceof AdapterError)) throw error;
    logger.warn(error.message);
    const errorMessage = error instanceof NotPublished ? `NOT_PUBLISHED: ${error.message}` : error.message;
    return { statusCode: known ? 502 : error.statusCode, errorMessage, timestamps: timestamps() };
  }
}
