import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

const DESCRIPTION =
  'A real asset as a permissioned token: issued, verified, valued and paid. Errors are application/problem+json with a stable `code`.';

/** The OpenAPI document, made from the schemas that validate and serialise. */
export function openApi(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder().setTitle('Muniment').setDescription(DESCRIPTION).setVersion('1').addBearerAuth().build();
  return SwaggerModule.createDocument(app, settings, {
    standardSchemaConverter: (schema, { schemaType }) => (schema instanceof z.ZodType ? toOpenApi(schema, schemaType) : undefined),
  });
}

type Converted = { schema: Record<string, unknown>; components: Record<string, Record<string, unknown>> };

/** A schema as the wire sees it: a Date travels as RFC 3339, a bigint as a decimal string, and what JSON Schema cannot say as "any". */
function toOpenApi(schema: z.ZodType, io: 'input' | 'output'): Converted {
  const {
    $defs,
    $schema: _,
    ...json
  } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = zodSchema._zod.def;
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (type === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?[0-9]+$' });
    },
  });
  return { schema: json, components: { ...($defs as Converted['components']) } };
}
