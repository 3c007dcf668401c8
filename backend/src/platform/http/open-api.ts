import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

const DESCRIPTION =
  'A real asset as a permissioned token: issued, verified, valued and paid. Errors are application/problem+json with a stable `code`.';

/** What every refusal says (RFC 9457); some add members of their own. */
const ProblemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string().meta({ description: 'Stable: programs may decide by it.' }),
  detail: z.string(),
  remedy: z.string().optional().meta({ description: 'What would cure it.' }),
  instance: z.string().optional().meta({ description: 'The request, as the log names it.' }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** The OpenAPI document, made from the schemas that validate and serialise. */
export function openApi(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder().setTitle('Muniment').setDescription(DESCRIPTION).setVersion('1').addBearerAuth().build();
  const document = SwaggerModule.createDocument(app, settings, {
    standardSchemaConverter: (schema, { schemaType }) => (schema instanceof z.ZodType ? toOpenApi(schema, schemaType) : undefined),
  });
  return withProblems(document);
}

/** Whatever a route refuses, it refuses with a problem document. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const { components = {} } = document;
  const schemas = { ...components.schemas, Problem: toOpenApi(ProblemDocument, 'output').schema };
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  document.components = { ...components, schemas, responses: { Problem: { description: 'Problem document', content } } };
  const problem = { $ref: '#/components/responses/Problem' };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation) operation.responses = { ...operation.responses, default: problem };
    }
  }
  return document;
}

type Converted = { schema: Record<string, unknown>; components: Record<string, Record<string, unknown>> };

/** A schema as the wire sees it: a Date travels as RFC 3339, a bigint as a decimal string, and what JSON Schema cannot say as "any". */
function toOpenApi(schema: z.ZodType, io: 'input' | 'output'): Converted {
  const {
    definitions,
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
  return { schema: json, components: { ...(definitions as Converted['components']) } };
}
