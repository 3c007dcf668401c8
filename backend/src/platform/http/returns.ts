import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** What a route answers (a list is declared as one and serialized item by item): status, response schema (it strips and converts: bigint → string, Date → RFC 3339) and its OpenAPI entry.
 *  `@Returns(Offering)` · `@Returns(Operation, 202)` · `@Returns(page(Offering))` */
export function Returns(schema: z.ZodType, status = 200, description = ''): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    SerializeOptions({ schema: itemOf(schema) }),
    ApiResponse({ status, description, standardSchema: schema }),
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
