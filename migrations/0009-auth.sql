-- min_code: 1
--
-- Accounts: the tables of Better Auth 1.7, under the names it gives tables and columns; server/auth/tables.ts is their
-- typed mirror, and a test compares both with what the library says it needs.
--
-- They are no tenant's: an account is looked up by e-mail or session token before anyone is known to ask. Instead of
-- row-level security, colloquy_auth alone has rights here and none elsewhere, and colloquy_server has none here. Nothing
-- in the schema colloquy refers to these rows, so a user may as well come from an outside issuer and have none.

create schema if not exists auth;
grant usage on schema auth to colloquy_auth;

create table auth."user" (
  id              text constraint user_pkey primary key,
  name            text not null,
  email           text not null constraint user_email_key unique,
  "emailVerified" boolean not null default false,
  image           text,
  "createdAt"     timestamptz not null default now(),
  "updatedAt"     timestamptz not null default now(),
  -- Outside issuers' users are <prefix>:<sub>; without a colon here nobody is two people.
  constraint user_id_check check (id <> '' and position(':' in id) = 0)
);

create table auth.session (
  id          text constraint session_pkey primary key,
  "expiresAt" timestamptz not null,
  token       text not null constraint session_token_key unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId"    text not null constraint session_user_fkey references auth."user" (id) on delete cascade
);
create index session_of_user on auth.session ("userId");
create index session_expiry on auth.session ("expiresAt");

create table auth.account (
  id                      text constraint account_pkey primary key,
  "accountId"             text not null,
  "providerId"            text not null,
  "userId"                text not null constraint account_user_fkey references auth."user" (id) on delete cascade,
  "accessToken"           text,
  "refreshToken"          text,
  "idToken"               text,
  "accessTokenExpiresAt"  timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope                   text,
  password                text, -- scrypt, with its salt
  "createdAt"             timestamptz not null default now(),
  "updatedAt"             timestamptz not null default now()
);
create index account_of_user on auth.account ("userId");

create table auth.verification (
  id           text constraint verification_pkey primary key,
  identifier   text not null,
  value        text not null,
  "expiresAt"  timestamptz not null,
  "createdAt"  timestamptz not null default now(),
  "updatedAt"  timestamptz not null default now()
);
create index verification_identifier on auth.verification (identifier);

create table auth.jwks (
  id           text constraint jwks_pkey primary key,
  "publicKey"  text not null,
  "privateKey" text not null, -- encrypted with BETTER_AUTH_SECRET
  "createdAt"  timestamptz not null default now(),
  "expiresAt"  timestamptz,
  alg          text,
  crv          text
);

grant select, insert, update, delete on auth."user", auth.session, auth.account, auth.verification, auth.jwks
  to colloquy_auth;
