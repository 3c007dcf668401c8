import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiDefaultResponse, ApiHeader, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** The problem document as OpenAPI shows it. */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    remedy: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** What a route answers (a list is declared as one and serialized item by item): status, response schema (it strips and converts: bigint → string, Date → RFC 3339) and its OpenAPI entry.
 *  `@Returns(Offering)` · `@Returns(Operation, 202)` · `@Returns(page(Offering))` */
export function Returns(schema: z.ZodType, status = 200, description = ''): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    SerializeOptions({ schema: itemOf(schema) }),
    ApiResponse({ status, description, standardSchema: schema }),
    ApiDefaultResponse({ description: 'Problem document', standardSchema: ProblemDocument }),
  );
}

/** Nest hands the items of an array to the schema one by one. */
function itemOf(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema;
}

/** Documents the header every POST needs. */
export const IdempotencyHeader = (): MethodDecorator & ClassDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Your key for this request, at most 255 characters; the same key never acts twice.',
  });
