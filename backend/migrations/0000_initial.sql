CREATE TABLE "assets" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"asset_class" text NOT NULL,
	"jurisdiction" text NOT NULL,
	"details" jsonb NOT NULL,
	"state" text DEFAULT 'DRAFT' NOT NULL,
	"approval_id" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"asset_id" text NOT NULL,
	"role" text NOT NULL,
	"title" text NOT NULL,
	"version" integer NOT NULL,
	"media_type" text NOT NULL,
	"sha256" text NOT NULL,
	"content" "bytea" NOT NULL,
	"visibility" text NOT NULL,
	"expires_on" date,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instruments" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"asset_id" text NOT NULL,
	"name" text NOT NULL,
	"symbol" text NOT NULL,
	"decimals" integer NOT NULL,
	"rights_type" text NOT NULL,
	"terms" jsonb NOT NULL,
	"documents" jsonb NOT NULL,
	"state" text DEFAULT 'DRAFT' NOT NULL,
	"approval_id" text,
	"token" text,
	"registry" text,
	"compliance" text,
	"manager" text,
	"deploying_since" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deployed_at" timestamp with time zone
);
--> statement-breakpoint
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
CREATE TABLE "frozen_holding" (
	"token" text NOT NULL,
	"wallet" text NOT NULL,
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"frozen" boolean NOT NULL,
	"units" numeric(78,0) NOT NULL,
	CONSTRAINT "frozen_holding_token_wallet_block_log_index_pk" PRIMARY KEY("token","wallet","block","log_index")
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
	"retired" boolean NOT NULL,
	CONSTRAINT "wallet_link_storage_wallet_block_log_index_pk" PRIMARY KEY("storage","wallet","block","log_index")
);
--> statement-breakpoint
CREATE TABLE "freeze_orders" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"token" text NOT NULL,
	"wallet" text NOT NULL,
	"investor_id" text,
	"reason_code" text NOT NULL,
	"legal_basis" text NOT NULL,
	"reference" text NOT NULL,
	"state" text NOT NULL,
	"ordered_by" text NOT NULL,
	"operation_id" text,
	"release_approval_id" text,
	"release_operation_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"released_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "wallet_recoveries" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"investor_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"token" text NOT NULL,
	"identity" text NOT NULL,
	"lost_wallet" text NOT NULL,
	"new_wallet" text NOT NULL,
	"new_wallet_signature" text NOT NULL,
	"legal_basis" text NOT NULL,
	"document_hash" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"approval_id" text,
	"executable_at" bigint,
	"propose_operation_id" text,
	"recover_operation_id" text,
	"failure" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "distributions" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"kind" text NOT NULL,
	"method" text NOT NULL,
	"currency" text NOT NULL,
	"payment_token" text NOT NULL,
	"currency_decimals" integer NOT NULL,
	"pool" numeric(78,0) NOT NULL,
	"rent" jsonb,
	"tax_exemption" text,
	"withholding_agent" text NOT NULL,
	"payment_date" date NOT NULL,
	"state" text DEFAULT 'DECLARED' NOT NULL,
	"approval_id" text,
	"snapshot_id" numeric(78,0),
	"snapshot_block" numeric(78,0),
	"record_time" timestamp with time zone,
	"net" numeric(78,0),
	"withheld" numeric(78,0),
	"dust" numeric(78,0),
	"count" integer,
	"root" text,
	"chain_distribution_id" text,
	"retries" integer DEFAULT 0 NOT NULL,
	"reconciled_at" timestamp with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entitlements" (
	"id" text PRIMARY KEY NOT NULL,
	"distribution_id" text NOT NULL,
	"position" integer,
	"identity" text NOT NULL,
	"investor_id" text,
	"units" numeric(78,0) NOT NULL,
	"gross" numeric(78,0) NOT NULL,
	"rate_id" text,
	"rate_bps" integer NOT NULL,
	"tax" numeric(78,0) NOT NULL,
	"net" numeric(78,0) NOT NULL,
	"tax_basis" text NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"wallet" text,
	"reason" text,
	"paid_tx" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "withholding_rates" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"country" text,
	"rate_bps" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"source" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "offerings" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"instrument_id" text NOT NULL,
	"exemption" text NOT NULL,
	"currency" text NOT NULL,
	"payment_token" text NOT NULL,
	"currency_decimals" integer NOT NULL,
	"settlement_wallet" text NOT NULL,
	"unit_price" numeric(78,0) NOT NULL,
	"price_round" text,
	"min_ticket" numeric(78,0) NOT NULL,
	"max_ticket" numeric(78,0) NOT NULL,
	"increment" numeric(78,0) NOT NULL,
	"soft_cap" numeric(78,0) NOT NULL,
	"hard_cap" numeric(78,0) NOT NULL,
	"opens_at" timestamp with time zone NOT NULL,
	"closes_at" timestamp with time zone NOT NULL,
	"settle_by" timestamp with time zone NOT NULL,
	"allocation" text NOT NULL,
	"documents" jsonb NOT NULL,
	"state" text DEFAULT 'DRAFT' NOT NULL,
	"approval_id" text,
	"allocation_approval_id" text,
	"chain_offering_id" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" text PRIMARY KEY NOT NULL,
	"offering_id" text NOT NULL,
	"investor_id" text NOT NULL,
	"wallet" text NOT NULL,
	"units" numeric(78,0) NOT NULL,
	"amount" numeric(78,0) NOT NULL,
	"agreement" text NOT NULL,
	"signature" text,
	"state" text DEFAULT 'AGREEMENT_SENT' NOT NULL,
	"order_id" text NOT NULL,
	"order_signature" text,
	"funded_at" timestamp with time zone,
	"allocated_units" numeric(78,0),
	"refunded" numeric(78,0),
	"held" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"settled_tx" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "claims" (
	"id" text PRIMARY KEY NOT NULL,
	"party_id" text NOT NULL,
	"case_id" text NOT NULL,
	"topic" integer NOT NULL,
	"issuer" text NOT NULL,
	"salt" text NOT NULL,
	"data_hash" text NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone NOT NULL,
	"nonce" integer NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "claims_once" UNIQUE("case_id","topic"),
	CONSTRAINT "claims_nonce" UNIQUE("party_id","topic","nonce")
);
--> statement-breakpoint
CREATE TABLE "kyc_case_events" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"event" text NOT NULL,
	"from_status" text NOT NULL,
	"to_status" text NOT NULL,
	"detail" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "kyc_cases" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"party_id" text NOT NULL,
	"level" text NOT NULL,
	"status" text NOT NULL,
	"held_from" text,
	"labels" text[] NOT NULL,
	"provider_occurred_at" timestamp with time zone,
	"provider_event_id" text,
	"provider_outcome" text,
	"screened_at" timestamp with time zone,
	"open_hits" integer,
	"true_matches" integer,
	"recommended_by" text,
	"recommended_decision" text,
	"recommended_risk" text,
	"provider" text NOT NULL,
	"provider_ref" text,
	"provider_url" text,
	"form_digest" text,
	"result" "bytea",
	"user_message" "bytea",
	"note" "bytea",
	"decision_reason" "bytea",
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"valid_until" timestamp with time zone,
	"registration" text DEFAULT 'NONE' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "kyc_cases_provider_ref" UNIQUE("provider","provider_ref"),
	CONSTRAINT "kyc_cases_four_eyes" CHECK ("kyc_cases"."status" <> 'APPROVED' or "kyc_cases"."decided_by" <> "kyc_cases"."recommended_by"),
	CONSTRAINT "kyc_cases_screened" CHECK ("kyc_cases"."status" <> 'APPROVED' or "kyc_cases"."screened_at" is not null),
	CONSTRAINT "kyc_cases_held" CHECK (("kyc_cases"."status" = 'ON_HOLD') = ("kyc_cases"."held_from" is not null))
);
--> statement-breakpoint
CREATE TABLE "screening_entries" (
	"list_version" text NOT NULL,
	"entry_number" integer NOT NULL,
	"entry_version" text NOT NULL,
	"kind" text NOT NULL,
	"names" text[] NOT NULL,
	"programs" text[] NOT NULL,
	"birth_year" integer,
	CONSTRAINT "screening_entries_list_version_entry_number_pk" PRIMARY KEY("list_version","entry_number")
);
--> statement-breakpoint
CREATE TABLE "screening_hits" (
	"id" text PRIMARY KEY NOT NULL,
	"screening_id" text NOT NULL,
	"case_id" text NOT NULL,
	"party_id" text NOT NULL,
	"entry_number" integer NOT NULL,
	"entry_version" text NOT NULL,
	"score" real NOT NULL,
	"status" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"reason" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "screening_lists" (
	"version" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"entries" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"current" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "screenings" (
	"id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"party_id" text NOT NULL,
	"list_version" text NOT NULL,
	"algorithm" text NOT NULL,
	"highest_score" real NOT NULL,
	"outcome" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "simulator_verifications" (
	"ref" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"scenario" text NOT NULL,
	"attempt" integer NOT NULL,
	"outcome" text NOT NULL,
	"labels" text[] NOT NULL,
	"completed_at" timestamp with time zone,
	CONSTRAINT "simulator_verifications_case_id_unique" UNIQUE("case_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"provider" text NOT NULL,
	"digest" text NOT NULL,
	"case_id" text,
	"raw" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_provider_digest_pk" PRIMARY KEY("provider","digest")
);
--> statement-breakpoint
CREATE TABLE "parties" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"kind" text NOT NULL,
	"person_id" text NOT NULL,
	"country" text NOT NULL,
	"tax_country" text NOT NULL,
	"legal_name" "bytea" NOT NULL,
	"email" "bytea",
	"date_of_birth" "bytea",
	"identity_secret" "bytea" NOT NULL,
	"identity_salt" text NOT NULL,
	"identity" text,
	"approved_case_id" text,
	"approved_until" timestamp with time zone,
	"registered" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "parties_person_id_unique" UNIQUE("person_id"),
	CONSTRAINT "parties_identity_salt_unique" UNIQUE("identity_salt"),
	CONSTRAINT "parties_identity_unique" UNIQUE("identity")
);
--> statement-breakpoint
CREATE TABLE "tax_forms" (
	"id" text PRIMARY KEY NOT NULL,
	"party_id" text NOT NULL,
	"form" text NOT NULL,
	"country" text NOT NULL,
	"signed_on" date NOT NULL,
	"valid_until" date,
	"treaty_country" text,
	"treaty_article" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tax_forms_once" UNIQUE("party_id","form","signed_on")
);
--> statement-breakpoint
CREATE TABLE "wallet_links" (
	"id" text PRIMARY KEY NOT NULL,
	"party_id" text NOT NULL,
	"address" text NOT NULL,
	"state" text NOT NULL,
	"proof_message" text,
	"proof_signature" text,
	"replaced_by" text,
	"operation_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"registered_at" timestamp with time zone,
	CONSTRAINT "wallet_links_address_unique" UNIQUE("address"),
	CONSTRAINT "wallet_links_recovered" CHECK (("wallet_links"."state" = 'RECOVERED') = ("wallet_links"."replaced_by" is not null))
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
CREATE TABLE "appraisals" (
	"id" text PRIMARY KEY NOT NULL,
	"asset_id" text NOT NULL,
	"value" numeric(78,0) NOT NULL,
	"currency" text NOT NULL,
	"as_of" date NOT NULL,
	"method" text NOT NULL,
	"document_id" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instrument_feeds" (
	"instrument_id" text PRIMARY KEY NOT NULL,
	"feed_proxy" text NOT NULL,
	"quorum_feed" text NOT NULL,
	"feed_id" text NOT NULL,
	"decimals" integer NOT NULL,
	"description" text NOT NULL,
	"set_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instruments" ADD CONSTRAINT "instruments_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tx_attempt" ADD CONSTRAINT "tx_attempt_intent_id_tx_intent_id_fk" FOREIGN KEY ("intent_id") REFERENCES "public"."tx_intent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "distributions" ADD CONSTRAINT "distributions_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_distribution_id_distributions_id_fk" FOREIGN KEY ("distribution_id") REFERENCES "public"."distributions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_rate_id_withholding_rates_id_fk" FOREIGN KEY ("rate_id") REFERENCES "public"."withholding_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offerings" ADD CONSTRAINT "offerings_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_offering_id_offerings_id_fk" FOREIGN KEY ("offering_id") REFERENCES "public"."offerings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claims" ADD CONSTRAINT "claims_case_id_kyc_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."kyc_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kyc_case_events" ADD CONSTRAINT "kyc_case_events_case_id_kyc_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."kyc_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "screening_entries" ADD CONSTRAINT "screening_entries_list_version_screening_lists_version_fk" FOREIGN KEY ("list_version") REFERENCES "public"."screening_lists"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "screening_hits" ADD CONSTRAINT "screening_hits_screening_id_screenings_id_fk" FOREIGN KEY ("screening_id") REFERENCES "public"."screenings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "screenings" ADD CONSTRAINT "screenings_case_id_kyc_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."kyc_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "screenings" ADD CONSTRAINT "screenings_list_version_screening_lists_version_fk" FOREIGN KEY ("list_version") REFERENCES "public"."screening_lists"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_forms" ADD CONSTRAINT "tax_forms_party_id_parties_id_fk" FOREIGN KEY ("party_id") REFERENCES "public"."parties"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallet_links" ADD CONSTRAINT "wallet_links_party_id_parties_id_fk" FOREIGN KEY ("party_id") REFERENCES "public"."parties"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_approver_id_people_id_fk" FOREIGN KEY ("approver_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_approval_id_maker_id_approvals_id_maker_id_fk" FOREIGN KEY ("approval_id","maker_id") REFERENCES "public"."approvals"("id","maker_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_maker_id_people_id_fk" FOREIGN KEY ("maker_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_links" ADD CONSTRAINT "audit_links_event_id_audit_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."audit_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_wallets" ADD CONSTRAINT "person_wallets_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appraisals" ADD CONSTRAINT "appraisals_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instrument_feeds" ADD CONSTRAINT "instrument_feeds_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "documents_version" ON "documents" USING btree ("asset_id","role","version");--> statement-breakpoint
CREATE UNIQUE INDEX "instruments_token" ON "instruments" USING btree ("token");--> statement-breakpoint
CREATE INDEX "instruments_asset" ON "instruments" USING btree ("asset_id");--> statement-breakpoint
CREATE INDEX "chain_event_name" ON "chain_event" USING btree ("name","address","block");--> statement-breakpoint
CREATE INDEX "chain_event_args" ON "chain_event" USING gin ("args" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "frozen_holding_block" ON "frozen_holding" USING btree ("block");--> statement-breakpoint
CREATE INDEX "holding_block" ON "holding" USING btree ("block");--> statement-breakpoint
CREATE INDEX "supply_block" ON "supply" USING btree ("block");--> statement-breakpoint
CREATE INDEX "tx_intent_open" ON "tx_intent" USING btree ("chain_id","sender","nonce") WHERE "tx_intent"."state" in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED');--> statement-breakpoint
CREATE INDEX "wallet_link_block" ON "wallet_link" USING btree ("block");--> statement-breakpoint
CREATE INDEX "wallet_link_identity" ON "wallet_link" USING btree ("identity");--> statement-breakpoint
CREATE UNIQUE INDEX "freeze_orders_one" ON "freeze_orders" USING btree ("token","wallet") WHERE state not in ('RELEASED', 'FAILED');--> statement-breakpoint
CREATE INDEX "freeze_orders_wallet" ON "freeze_orders" USING btree ("wallet");--> statement-breakpoint
CREATE UNIQUE INDEX "wallet_recoveries_one" ON "wallet_recoveries" USING btree ("token","lost_wallet") WHERE state in ('REQUESTED', 'APPROVED', 'PROPOSED');--> statement-breakpoint
CREATE INDEX "wallet_recoveries_investor" ON "wallet_recoveries" USING btree ("investor_id");--> statement-breakpoint
CREATE UNIQUE INDEX "distributions_chain_id" ON "distributions" USING btree ("chain_distribution_id");--> statement-breakpoint
CREATE INDEX "distributions_instrument" ON "distributions" USING btree ("instrument_id");--> statement-breakpoint
CREATE UNIQUE INDEX "entitlements_identity" ON "entitlements" USING btree ("distribution_id","identity");--> statement-breakpoint
CREATE UNIQUE INDEX "entitlements_position" ON "entitlements" USING btree ("distribution_id","position");--> statement-breakpoint
CREATE INDEX "entitlements_investor" ON "entitlements" USING btree ("investor_id");--> statement-breakpoint
CREATE INDEX "withholding_rates_kind" ON "withholding_rates" USING btree ("kind","country");--> statement-breakpoint
CREATE UNIQUE INDEX "offerings_chain_id" ON "offerings" USING btree ("chain_offering_id");--> statement-breakpoint
CREATE INDEX "offerings_instrument" ON "offerings" USING btree ("instrument_id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_order" ON "subscriptions" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "subscriptions_offering" ON "subscriptions" USING btree ("offering_id");--> statement-breakpoint
CREATE INDEX "subscriptions_investor" ON "subscriptions" USING btree ("investor_id");--> statement-breakpoint
CREATE INDEX "kyc_case_events_case" ON "kyc_case_events" USING btree ("case_id","sequence");--> statement-breakpoint
CREATE INDEX "kyc_cases_party" ON "kyc_cases" USING btree ("party_id");--> statement-breakpoint
CREATE INDEX "kyc_cases_status" ON "kyc_cases" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "screening_hits_case" ON "screening_hits" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "screening_hits_memory" ON "screening_hits" USING btree ("party_id","entry_number","entry_version");--> statement-breakpoint
CREATE INDEX "screenings_case" ON "screenings" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "wallet_links_party" ON "wallet_links" USING btree ("party_id");--> statement-breakpoint
CREATE INDEX "approvals_status" ON "approvals" USING btree ("tenant_id","status","id");--> statement-breakpoint
CREATE INDEX "approvals_subject" ON "approvals" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "audit_events_tenant" ON "audit_events" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "person_wallets_person" ON "person_wallets" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("id") WHERE started_at is null;--> statement-breakpoint
CREATE INDEX "appraisals_asset" ON "appraisals" USING btree ("asset_id","as_of");