CREATE TABLE "chain_proof" (
	"id" integer PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"block" bigint,
	"proof" jsonb
);
--> statement-breakpoint
CREATE TABLE "schema_state" (
	"id" integer PRIMARY KEY NOT NULL,
	"build" integer NOT NULL,
	"oldest_build" integer NOT NULL,
	"guards" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "processes" (
	"id" text PRIMARY KEY NOT NULL,
	"build" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"beat_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "tx_intent_recovered" ON "tx_intent" USING btree ("payload_hash") WHERE business_key like 'recovered:%';