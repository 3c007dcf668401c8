import { join } from 'node:path';
import { type Address, getAddress, isAddress } from 'viem';
import { z } from 'zod';
import { projectRoot } from './project.js';

/** The program cannot run with these settings; the message is one sentence for whoever started it. */
export class ConfigError extends Error {}

export const Role = z.enum(['ISSUER', 'OFFICER', 'INVESTOR', 'ADMIN', 'AUDITOR']);
export type Role = z.infer<typeof Role>;

/** The tenant that runs the platform. Every other one is an organisation that issues on it. */
export const OPERATOR = 'main';

const address = z
  .string()
  .refine((value) => isAddress(value), { abort: true, error: 'is no address' })
  .overwrite((value) => getAddress(value))
  .transform((value) => value as Address);

/** A member of staff, who signs in with this wallet, as this subject of the identity provider, or either way: one person all the same. */
export const StaffMember = z
  .strictObject({
    wallet: address.optional(),
    /** `sub` at OIDC_ISSUER. */
    subject: z.string().min(1).max(255).optional(),
    name: z.string().min(1),
    roles: z.array(Role).min(1),
    /** The organisation he works for. */
    tenant: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, { error: 'must be 1 to 40 of a-z, 0-9 and -' })
      .default(OPERATOR),
  })
  .refine(({ wallet, subject }) => wallet !== undefined || subject !== undefined, { error: 'has neither wallet nor subject' });
export type StaffMember = z.input<typeof StaffMember>;

/** Nobody is listed twice: roles would depend on the order. */
const Staff = z.array(StaffMember).refine(
  (staff) => {
    const names = staff.flatMap(({ wallet, subject }) => [...(wallet ? [wallet] : []), ...(subject ? [`sub ${subject}`] : [])]);
    return new Set(names).size === names.length;
  },
  { error: 'must name no wallet or subject twice' },
);

const DEVELOPMENT_KEY = Buffer.alloc(32, 'muniment development only').toString('base64');

const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

const base64Key = z.string().refine((value) => Buffer.from(value, 'base64').length === 32, { error: 'must be 32 bytes in base64' });

/** https, or http on this machine. */
const urlOrLocal = (what: string) =>
  url('http:', 'https:').refine((value) => /^https:|^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(value), {
    error: `must be https unless ${what} is on this machine`,
  });

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'is no JSON', input: text });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** Secrets a provider may sign webhooks with: several while one takes over from another. */
const WebhookSecrets = json(
  z.array(z.strictObject({ value: z.string().min(16), validFrom: z.coerce.date().optional(), validTo: z.coerce.date().optional() })),
);

/** Every environment variable the backend reads, and nothing else reads `process.env`. */
const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  /** Where `npm start` keeps the state of what it brings along. */
  MUNIMENT_HOME: z.string().default(join(projectRoot, '.muniment')),
  /** Whether the service stands behind a proxy that sets X-Forwarded-For. */
  TRUST_PROXY: z.stringbool().default(false),
  /** Where people reach the service; its host is the SIWE domain. Default: http://localhost:PORT. */
  PUBLIC_URL: url('http:', 'https:').optional(),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  RPC_URL: url('http:', 'https:').optional(),
  /** A second node, of another operator: it is asked whether it has the same final blocks. */
  RPC_WITNESS_URL: url('http:', 'https:').optional(),
  CHAIN_ID: z.coerce.number().int().positive().default(31337),
  /** Blocks after which a receipt is final; default 1 on the local chain, else 3. */
  CHAIN_CONFIRMATIONS: z.coerce.number().int().min(1).max(64).optional(),
  /** Manifest of the shared contracts, as the deployment wrote it. */
  DEPLOYMENT_FILE: z.string().optional(),
  /** May cancel what is scheduled on chain, and may upgrade after the delay: multisigs, never a sender of ours. */
  GUARDIAN: address.optional(),
  UPGRADER: address.optional(),
  /** Where the senders' keys are: in SENDER_KEYS, in AWS KMS (region and credentials as the AWS SDK finds them) or in HashiCorp Vault. */
  SIGNER: z.enum(['local', 'aws-kms', 'vault']).default('local'),
  /** Key in KMS or Vault of each sender role, and the address it must have. */
  SENDER_ACCOUNTS: json(z.record(z.string(), z.strictObject({ key: z.string().min(1), address }))).optional(),
  SIGNER_VAULT_URL: urlOrLocal('Vault').optional(),
  SIGNER_VAULT_TOKEN: z.string().optional(),
  /** Private key of each sender role; the local chain has well-known ones. */
  SENDER_KEYS: json(z.record(z.string(), z.string().regex(/^0x[0-9a-fA-F]{64}$/, { error: 'must be 32 bytes in hex with 0x' }))).optional(),
  /** Point at which the process kills itself, e.g. K6:0.5; for fault tests. */
  FAULT_KILL: z
    .string()
    .regex(/^K(1[0-4]|[1-9])(:(0|1|0?\.\d+))?$/, { error: 'must be K1 to K14 with a probability, e.g. K6:0.5' })
    .optional(),
  /** Decides in which passes of that point. */
  FAULT_SEED: z.string().default('0'),
  /** Key-encryption key of the vault: 32 bytes in base64. */
  VAULT_KEY: base64Key.optional(),
  /** A further one, which opens and does not close: the one before, or the one to come. */
  VAULT_KEY_RETIRING: base64Key.optional(),
  /** Where the vault keeps its data keys, so that backups of DATABASE_URL hold none. Default: DATABASE_URL. */
  VAULT_DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** How long an entry of the audit log waits at most for its anchor on chain. */
  AUDIT_ANCHOR_MINUTES: z.coerce.number().positive().max(1_440).default(10),
  SESSION_HOURS: z.coerce.number().positive().max(24).default(12),
  /** How long ago a person may have signed in, at most, to approve something. */
  APPROVAL_SIGN_IN_MINUTES: z.coerce.number().int().positive().max(1_440).default(30),
  STAFF: json(Staff).default([]),
  /** The identity provider of staff (OpenID Connect), exactly as it names itself; without, staff sign in with wallets. */
  OIDC_ISSUER: urlOrLocal('the identity provider').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** Hosts besides the issuer's where its token endpoint and keys may be: ["oauth2.example.org"]. */
  OIDC_HOSTS: json(z.array(z.string().min(1))).default([]),
  /** Reads and writes a minute of one principal, attempts to sign in a minute of one address, deliveries a minute of one provider. */
  RATE_LIMIT_REQUESTS: z.coerce.number().int().positive().default(600),
  RATE_LIMIT_WRITES: z.coerce.number().int().positive().default(60),
  RATE_LIMIT_SIGN_IN: z.coerce.number().int().positive().default(10),
  RATE_LIMIT_WEBHOOKS: z.coerce.number().int().positive().default(600),
  /** Uploads and exports an hour of one principal. */
  RATE_LIMIT_UPLOADS: z.coerce.number().int().positive().default(20),
  RATE_LIMIT_EXPORTS: z.coerce.number().int().positive().default(10),
  /** Megabytes that one person may keep here. */
  UPLOAD_QUOTA_MB: z.coerce.number().positive().default(100),
  /** clamd that looks at every upload, e.g. tcp://clamav:3310; without, nothing is scanned. */
  CLAMD_URL: url('tcp:').optional(),
  /** Who verifies new investors. Default: the simulator, in production none. */
  KYC_PROVIDER: z.enum(['sumsub', 'simulator']).optional(),
  SUMSUB_URL: url('http:', 'https:').default('https://api.sumsub.com'),
  SUMSUB_APP_TOKEN: z.string().default(''),
  SUMSUB_SECRET_KEY: z.string().default(''),
  /** [{"value": "…", "validFrom"?: "…", "validTo"?: "…"}]; empty refuses every webhook. */
  SUMSUB_WEBHOOK_SECRETS: WebhookSecrets.default([]),
  /** Names of the levels in Sumsub's dashboard. */
  SUMSUB_LEVELS: json(z.strictObject({ BASIC: z.string(), ENHANCED: z.string() })).default({
    BASIC: 'basic-kyc-level',
    ENHANCED: 'enhanced-kyc-level',
  }),
  SIMULATOR_WEBHOOK_SECRETS: WebhookSecrets.default([{ value: 'muniment development only' }]),
  /** Folder with OFAC's sdn.csv and alt.csv. Default: invented entries. */
  SCREENING_LIST: z.string().optional(),
  SCREENING_MAX_AGE_HOURS: z.coerce.number().positive().default(72),
  KYC_APPROVAL_MAX_DAYS: z.coerce.number().int().positive().default(1096),
  /** Whether webhooks may go to private addresses and over http; for local use. */
  WEBHOOKS_PRIVATE: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** What has no default in production, and what it is. */
export const REQUIRED_IN_PRODUCTION = {
  VAULT_KEY: '32 random bytes in base64 that encrypt personal data',
  DATABASE_URL: 'the PostgreSQL that holds everything',
  RPC_URL: 'the chain',
  PUBLIC_URL: 'wallets sign in for this host',
  SENDER_KEYS: 'JSON with a private key for each sender role (or SIGNER and SENDER_ACCOUNTS)',
  DEPLOYMENT_FILE: 'the manifest of the deployed contracts',
  KYC_PROVIDER: 'who verifies investors (sumsub)',
  SCREENING_LIST: 'the folder with OFAC’s sdn.csv and alt.csv',
} as const satisfies Partial<Record<keyof z.infer<typeof Environment>, string>>;

const Settings = Environment.transform((env, context) => {
  const production = env.NODE_ENV === 'production';
  const missing = (name: string, why: string): never => {
    context.issues.push({ code: 'custom', path: [name], message: why, input: env });
    return z.NEVER;
  };
  const remote = env.SIGNER !== 'local';
  for (const [name, why] of production ? Object.entries(REQUIRED_IN_PRODUCTION) : []) {
    if (name === 'SENDER_KEYS' && remote) continue;
    if (!env[name as keyof typeof env]) return missing(name, `is required in production: ${why}`);
  }
  if (remote && env.SENDER_KEYS)
    return missing('SENDER_KEYS', `must not be set: SIGNER is ${env.SIGNER}, and nothing falls back to a local key`);
  if (remote && !env.SENDER_ACCOUNTS) return missing('SENDER_ACCOUNTS', `is required: SIGNER is ${env.SIGNER}`);
  if (env.SIGNER === 'vault' && !(env.SIGNER_VAULT_URL && env.SIGNER_VAULT_TOKEN)) {
    return missing('SIGNER', 'is vault, which needs SIGNER_VAULT_URL and SIGNER_VAULT_TOKEN');
  }
  if (production && env.FAULT_KILL) return missing('FAULT_KILL', 'must not be set in production');
  if (production && env.WEBHOOKS_PRIVATE) return missing('WEBHOOKS_PRIVATE', 'must not be set in production');
  if (production && env.KYC_PROVIDER === 'simulator')
    return missing('KYC_PROVIDER', 'must not be the simulator in production: it verifies nobody');
  const oidc = oidcOf(env);
  if (oidc === 'incomplete') return missing('OIDC_ISSUER', 'must be set together with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET');
  if (!oidc && env.STAFF.some(({ subject }) => subject !== undefined))
    return missing('STAFF', 'must not name subjects without OIDC_ISSUER');
  if (production && env.SUMSUB_URL.startsWith('http:')) return missing('SUMSUB_URL', 'must be https in production');
  const sumsubIncomplete = !env.SUMSUB_APP_TOKEN || !env.SUMSUB_SECRET_KEY || env.SUMSUB_WEBHOOK_SECRETS.length === 0;
  if (env.KYC_PROVIDER === 'sumsub' && sumsubIncomplete) {
    return missing('KYC_PROVIDER', 'is sumsub, which needs SUMSUB_APP_TOKEN, SUMSUB_SECRET_KEY and SUMSUB_WEBHOOK_SECRETS');
  }
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`;
  return {
    environment: env.NODE_ENV,
    production,
    home: env.MUNIMENT_HOME,
    host: env.HOST,
    port: env.PORT,
    trustProxy: env.TRUST_PROXY,
    publicUrl,
    databaseUrl: env.DATABASE_URL,
    databasePool: env.DATABASE_POOL,
    rpcUrl: env.RPC_URL,
    rpcWitnessUrl: env.RPC_WITNESS_URL,
    chainId: env.CHAIN_ID,
    chainConfirmations: env.CHAIN_CONFIRMATIONS,
    deploymentFile: env.DEPLOYMENT_FILE,
    guardian: env.GUARDIAN,
    upgrader: env.UPGRADER,
    signer: signerOf(env),
    faultKill: env.FAULT_KILL,
    faultSeed: env.FAULT_SEED,
    vaultKey: Buffer.from(env.VAULT_KEY ?? DEVELOPMENT_KEY, 'base64'),
    vaultKeyRetiring: env.VAULT_KEY_RETIRING === undefined ? undefined : Buffer.from(env.VAULT_KEY_RETIRING, 'base64'),
    vaultDatabaseUrl: env.VAULT_DATABASE_URL,
    auditAnchorMinutes: env.AUDIT_ANCHOR_MINUTES,
    sessionHours: env.SESSION_HOURS,
    approvalSignInMinutes: env.APPROVAL_SIGN_IN_MINUTES,
    staff: env.STAFF,
    oidc,
    rateLimits: {
      reads: env.RATE_LIMIT_REQUESTS,
      writes: env.RATE_LIMIT_WRITES,
      signIn: env.RATE_LIMIT_SIGN_IN,
      webhooks: env.RATE_LIMIT_WEBHOOKS,
      uploads: env.RATE_LIMIT_UPLOADS,
      exports: env.RATE_LIMIT_EXPORTS,
    },
    uploads: { quotaBytes: Math.floor(env.UPLOAD_QUOTA_MB * 1_000_000), clamdUrl: env.CLAMD_URL },
    kyc: {
      provider: env.KYC_PROVIDER ?? ('simulator' as const),
      sumsub: {
        baseUrl: env.SUMSUB_URL,
        /** Whether it may be on this machine, or in a private network. */
        privateToo: !production,
        appToken: env.SUMSUB_APP_TOKEN,
        secretKey: env.SUMSUB_SECRET_KEY,
        webhookSecrets: env.SUMSUB_WEBHOOK_SECRETS,
        levels: env.SUMSUB_LEVELS,
      },
      simulatorWebhookSecrets: env.SIMULATOR_WEBHOOK_SECRETS,
      screeningList: env.SCREENING_LIST ?? join(projectRoot, 'backend/src/kyc/screening/lists'),
      screeningMaxAgeHours: env.SCREENING_MAX_AGE_HOURS,
      approvalMaxDays: env.KYC_APPROVAL_MAX_DAYS,
    },
    webhooksPrivate: env.WEBHOOKS_PRIVATE,
    logLevel: env.LOG_LEVEL,
  };
});

/** Undefined: nobody signs in that way. */
function oidcOf(env: z.infer<typeof Environment>) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  if (!issuer && !clientId && !clientSecret) return undefined;
  if (!issuer || !clientId || !clientSecret) return 'incomplete';
  return { issuer, clientId, clientSecret, hosts: [new URL(issuer).host, ...env.OIDC_HOSTS] };
}

/** Keys are by sender role; local ones may be left out. */
function signerOf({
  SIGNER,
  SENDER_KEYS,
  SENDER_ACCOUNTS = {},
  SIGNER_VAULT_URL = '',
  SIGNER_VAULT_TOKEN = '',
}: z.infer<typeof Environment>) {
  if (SIGNER === 'local') return { kind: SIGNER, keys: SENDER_KEYS };
  if (SIGNER === 'aws-kms') return { kind: SIGNER, keys: SENDER_ACCOUNTS };
  return { kind: SIGNER, keys: SENDER_ACCOUNTS, url: SIGNER_VAULT_URL, token: SIGNER_VAULT_TOKEN };
}

/** Inject with `@Inject(Config) private readonly config: Config`. */
export const Config = Symbol('Config');
export type Config = z.infer<typeof Settings>;

/** Reads the settings; an empty variable counts as unset.
 *  @throws ConfigError with one sentence that names the first wrong variable */
export function loadConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const result = Settings.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const [name, ...rest] = issue?.path ?? ['settings'];
  const where = rest.length ? ` (at ${rest.join('.')})` : '';
  throw new ConfigError(`${String(name)}${where} ${describe(issue)}.`);
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return 'is wrong';
  const message = issue.message.replace(/\.$/, '');
  return /^(is|must|has)\b/.test(message) ? message : `is wrong: ${message}`;
}
