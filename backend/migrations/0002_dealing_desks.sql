CREATE TABLE "dealing_desks" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"currency" text NOT NULL,
	"payment_token" text NOT NULL,
	"currency_decimals" integer NOT NULL,
	"settlement_wallet" text NOT NULL,
	"min_subscription" numeric(78,0) NOT NULL,
	"min_redemption" numeric(78,0) NOT NULL,
	"first_cut_off" timestamp with time zone NOT NULL,
	"period_seconds" integer NOT NULL,
	"max_price_age_seconds" integer NOT NULL,
	"settle_within_seconds" integer NOT NULL,
	"state" text DEFAULT 'DRAFT' NOT NULL,
	"approval_id" text,
	"chain_desk_id" text,
	"failure" text,
	"runs" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "dealing_desks" ADD CONSTRAINT "dealing_desks_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dealing_desks_chain_id" ON "dealing_desks" USING btree ("chain_desk_id");--> statement-breakpoint
CREATE INDEX "dealing_desks_instrument" ON "dealing_desks" USING btree ("instrument_id");