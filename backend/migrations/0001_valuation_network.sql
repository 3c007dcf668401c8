CREATE TABLE "feed_decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"feed_id" text NOT NULL,
	"kind" text NOT NULL,
	"round" integer,
	"reason" text NOT NULL,
	"document_id" text,
	"document_hash" text,
	"state" text NOT NULL,
	"failure" text,
	"requested_by" text NOT NULL,
	"approval_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "valuation_corrections" (
	"id" text PRIMARY KEY NOT NULL,
	"instrument_id" text NOT NULL,
	"feed_id" text NOT NULL,
	"round" integer NOT NULL,
	"corrects_round" integer NOT NULL,
	"reason" text NOT NULL,
	"document_id" text NOT NULL,
	"document_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "valuation_corrections_round" UNIQUE("instrument_id","feed_id","round"),
	CONSTRAINT "valuation_corrections_corrected" UNIQUE("instrument_id","feed_id","corrects_round")
);
--> statement-breakpoint
CREATE TABLE "valuation_evidence" (
	"instrument_id" text NOT NULL,
	"hash" text NOT NULL,
	"content" "bytea" NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "valuation_evidence_instrument_id_hash_pk" PRIMARY KEY("instrument_id","hash")
);
--> statement-breakpoint
ALTER TABLE "appraisals" ADD COLUMN "corrects_id" text;--> statement-breakpoint
ALTER TABLE "feed_decisions" ADD CONSTRAINT "feed_decisions_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "valuation_corrections" ADD CONSTRAINT "valuation_corrections_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "valuation_evidence" ADD CONSTRAINT "valuation_evidence_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_decisions_instrument" ON "feed_decisions" USING btree ("instrument_id","id");--> statement-breakpoint
CREATE INDEX "feed_decisions_sent" ON "feed_decisions" USING btree ("feed_id") WHERE state = 'SENT';--> statement-breakpoint
ALTER TABLE "appraisals" ADD CONSTRAINT "appraisals_corrects_id_appraisals_id_fk" FOREIGN KEY ("corrects_id") REFERENCES "public"."appraisals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appraisals" ADD CONSTRAINT "appraisals_corrects_id_unique" UNIQUE("corrects_id");