import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './backend/src/**/*.tables.ts',
  out: './backend/migrations',
});
