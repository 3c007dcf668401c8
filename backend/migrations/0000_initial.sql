CREATE TABLE "chain_block" (
	"number" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"parent_hash" text NOT NULL,
	"time" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_contract" (
	"address" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text,
	"token" text,
	"storage" text,
	"from_block" bigint NOT NULL,
	"code_hash" text,
	CONSTRAINT "chain_contract_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "chain_cursor" (
	"id" integer PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"hash" text NOT NULL,
	"halted" text
);
--> statement-breakpoint
CREATE TABLE "chain_event" (
	"tx_hash" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"address" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"args" jsonb NOT NULL,
	CONSTRAINT "chain_event_tx_hash_log_index_pk" PRIMARY KEY("tx_hash","log_index"),
	CONSTRAINT "chain_event_position" UNIQUE("block","log_index")
);
--> statement-breakpoint
CREATE TABLE "chain_follower" (
	"name" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"log_index" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_pin" (
	"chain_id" integer PRIMARY KEY NOT NULL,
	"genesis_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freeze" (
	"token" text NOT NULL,
	"wallet" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"frozen" boolean NOT NULL,
	"units" numeric(78,0) NOT NULL,
	CONSTRAINT "freeze_token_wallet_block_log_index_pk" PRIMARY KEY("token","wallet","block","log_index")
);
--> statement-breakpoint
CREATE TABLE "holding" (
	"token" text NOT NULL,
	"wallet" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"balance" numeric(78,0) NOT NULL,
	CONSTRAINT "holding_token_wallet_block_log_index_pk" PRIMARY KEY("token","wallet","block","log_index")
);
--> statement-breakpoint
CREATE TABLE "supply" (
	"token" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"total" numeric(78,0) NOT NULL,
	CONSTRAINT "supply_token_block_log_index_pk" PRIMARY KEY("token","block","log_index")
);
--> statement-breakpoint
CREATE TABLE "tx_attempt" (
	"intent_id" text NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"hash" text NOT NULL,
	"raw" "bytea" NOT NULL,
	"max_fee_per_gas" numeric(78,0) NOT NULL,
	"max_priority_fee_per_gas" numeric(78,0) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tx_attempt_intent_id_number_pk" PRIMARY KEY("intent_id","number"),
	CONSTRAINT "tx_attempt_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "tx_intent" (
	"id" text PRIMARY KEY NOT NULL,
	"business_key" text NOT NULL,
	"chain_id" integer NOT NULL,
	"role" text NOT NULL,
	"sender" text NOT NULL,
	"nonce" bigint NOT NULL,
	"target" text NOT NULL,
	"data" text NOT NULL,
	"value" numeric(78,0) NOT NULL,
	"gas" bigint NOT NULL,
	"payload_hash" text NOT NULL,
	"decision_id" text,
	"state" text DEFAULT 'ALLOCATED' NOT NULL,
	"misses" integer DEFAULT 0 NOT NULL,
	"last_look_at" timestamp with time zone,
	"last_error" text,
	"abandoned_at" timestamp with time zone,
	"mined_hash" text,
	"mined_block" bigint,
	"mined_block_hash" text,
	"reverted" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"final_at" timestamp with time zone,
	CONSTRAINT "tx_intent_business_key_unique" UNIQUE("business_key"),
	CONSTRAINT "tx_intent_nonce" UNIQUE("chain_id","sender","nonce"),
	CONSTRAINT "tx_intent_state" CHECK ("tx_intent"."state" in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED', 'CONFIRMED', 'REVERTED', 'SUPERSEDED'))
);
--> statement-breakpoint
CREATE TABLE "tx_lease" (
	"chain_id" integer NOT NULL,
	"address" text NOT NULL,
	"holder" text NOT NULL,
	"fence" bigint NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "tx_lease_chain_id_address_pk" PRIMARY KEY("chain_id","address")
);
--> statement-breakpoint
CREATE TABLE "tx_sender" (
	"chain_id" integer NOT NULL,
	"address" text NOT NULL,
	"next_nonce" bigint NOT NULL,
	"state" text DEFAULT 'ACTIVE' NOT NULL,
	"halt_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tx_sender_chain_id_address_pk" PRIMARY KEY("chain_id","address"),
	CONSTRAINT "tx_sender_state" CHECK ("tx_sender"."state" in ('ACTIVE', 'HALTED'))
);
--> statement-breakpoint
CREATE TABLE "wallet_link" (
	"storage" text NOT NULL,
	"wallet" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"identity" text,
	"country" integer,
	"retired" boolean NOT NULL,
	CONSTRAINT "wallet_link_storage_wallet_block_log_index_pk" PRIMARY KEY("storage","wallet","block","log_index")
);
--> statement-breakpoint
CREATE TABLE "approval_decisions" (
	"approval_id" text NOT NULL,
	"maker_id" text NOT NULL,
	"version" integer NOT NULL,
	"approver_id" text NOT NULL,
	"payload_hash" text NOT NULL,
	"decision" text NOT NULL,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approval_decisions_approval_id_version_approver_id_pk" PRIMARY KEY("approval_id","version","approver_id"),
	CONSTRAINT "approval_decisions_four_eyes" CHECK (maker_id <> approver_id)
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"payload" jsonb NOT NULL,
	"payload_hash" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"maker_id" text NOT NULL,
	"required" integer NOT NULL,
	"status" text DEFAULT 'PENDING' NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"decided_at" timestamp with time zone,
	CONSTRAINT "approvals_maker" UNIQUE("id","maker_id"),
	CONSTRAINT "approvals_required" CHECK (required >= 1)
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" jsonb NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"payload" jsonb NOT NULL,
	"payload_hash" text NOT NULL,
	"decision_id" text,
	"result" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_links" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_links_event_id_unique" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "audit_pending" (
	"event_id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"roles" text[] NOT NULL,
	"party_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person_wallets" (
	"address" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"person_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_nonces" (
	"nonce" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"tenant_id" text NOT NULL,
	"principal" text NOT NULL,
	"key" text NOT NULL,
	"route" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"body" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_tenant_id_principal_key_pk" PRIMARY KEY("tenant_id","principal","key")
);
--> statement-breakpoint
CREATE TABLE "vault_keys" (
	"subject" text PRIMARY KEY NOT NULL,
	"wrapped" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"destroyed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"workflow" text NOT NULL,
	"workflow_id" text NOT NULL,
	"input" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	CONSTRAINT "outbox_workflow_id_unique" UNIQUE("workflow_id")
);
--> statement-breakpoint
ALTER TABLE "tx_attempt" ADD CONSTRAINT "tx_attempt_intent_id_tx_intent_id_fk" FOREIGN KEY ("intent_id") REFERENCES "public"."tx_intent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_approver_id_people_id_fk" FOREIGN KEY ("approver_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_approval_id_maker_id_approvals_id_maker_id_fk" FOREIGN KEY ("approval_id","maker_id") REFERENCES "public"."approvals"("id","maker_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_maker_id_people_id_fk" FOREIGN KEY ("maker_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_links" ADD CONSTRAINT "audit_links_event_id_audit_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."audit_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_wallets" ADD CONSTRAINT "person_wallets_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chain_event_name" ON "chain_event" USING btree ("name","address","block");--> statement-breakpoint
CREATE INDEX "chain_event_args" ON "chain_event" USING gin ("args" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "freeze_block" ON "freeze" USING btree ("block");--> statement-breakpoint
CREATE INDEX "holding_block" ON "holding" USING btree ("block");--> statement-breakpoint
CREATE INDEX "supply_block" ON "supply" USING btree ("block");--> statement-breakpoint
CREATE INDEX "tx_intent_open" ON "tx_intent" USING btree ("chain_id","sender","nonce") WHERE "tx_intent"."state" in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED');--> statement-breakpoint
CREATE INDEX "wallet_link_block" ON "wallet_link" USING btree ("block");--> statement-breakpoint
CREATE INDEX "wallet_link_identity" ON "wallet_link" USING btree ("identity");--> statement-breakpoint
CREATE INDEX "approvals_status" ON "approvals" USING btree ("tenant_id","status","id");--> statement-breakpoint
CREATE INDEX "approvals_subject" ON "approvals" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "audit_events_tenant" ON "audit_events" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "person_wallets_person" ON "person_wallets" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("id") WHERE started_at is null;