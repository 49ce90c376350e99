import { behindFirstGroup, matching, type Range, type Rule } from "./rule.ts";
import { DIGIT, LONG_WORD, SIGN } from "./text-traits.ts";

/**
 * What keys and tokens of well-known services look like: the rules of gitleaks that need no context (MIT licence,
 * github.com/gitleaks/gitleaks, config/gitleaks.toml of July 2026), with lengths as lower bounds, because logs cut and services change.
 */
const FORMS: readonly string[] = [
  // Amazon, Alibaba, Azure AD, Google, DigitalOcean, Heroku, Fly.io, Scalingo, Databricks, Cloudflare
  "(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
  String.raw`bedrock-api-key-[\w-]{20,255}`,
  "ABSK[A-Za-z0-9+/]{60,269}={0,2}",
  "LTAI[A-Za-z0-9]{16,24}",
  String.raw`AIza[\w-]{30,64}`,
  String.raw`ya29\.[\w-]{20,512}`,
  String.raw`GOCSPX-[\w-]{20,64}`,
  "do[opr]_v1_[a-f0-9]{32,64}",
  String.raw`HRKU-AA[\w-]{30,64}`,
  String.raw`tk-us-[\w-]{40,64}`,
  "dapi[a-f0-9]{32}",
  String.raw`v1\.0-[a-f0-9]{24}-[a-f0-9]{100,160}`,
  // GitHub, GitLab, Atlassian, Linear, Notion, Postman, Octopus, Pulumi, Prefect, HashiCorp, Vault, Doppler, Infracost
  String.raw`gh[opsur]_\w{20,255}`,
  String.raw`github_pat_\w{20,255}`,
  String.raw`gl(?:pat|cbt|dt|ffct|ft|imt|agent|oas|ptt|rt|soat)-[\w.-]{16,300}`,
  String.raw`GR1348941[\w-]{20}`,
  String.raw`ATATT3[\w=-]{60,255}`,
  "lin_api_[A-Za-z0-9]{32,48}",
  String.raw`(?:ntn_\d{11}[A-Za-z0-9]{20,40}|secret_[A-Za-z0-9]{43})`,
  "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
  "API-[A-Z0-9]{26}",
  "p(?:ul-[a-f0-9]{40}|nu_[A-Za-z0-9]{36})",
  String.raw`[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}`,
  String.raw`(?<!\w[.\])])s\.(?=[A-Za-z]{0,24}\d)[A-Za-z0-9]{24}(?![\w.(])`,
  String.raw`hv[bs]\.[\w-]{24,300}`,
  String.raw`dp\.(?:pt|st|ct)\.[\w.]{40,64}`,
  "ico-[A-Za-z0-9]{32}",
  // Slack, Telegram, Discord, Twilio, SendGrid, Mailgun, Mailchimp, Sendinblue
  String.raw`xox[abeoprs]-[\w-]{11,255}`,
  String.raw`xapp-\d-[\w-]{10,255}`,
  String.raw`(?:bot)?\d{8,10}:AA[\w-]{31,40}`,
  // Its first part is a number in base64.
  String.raw`(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5,6}\w{0,4}\.[\w-]{6}\.[\w-]{27,38}`,
  "(?:SK|AC)[0-9a-f]{32}",
  String.raw`SG\.[\w-]{16,64}\.[\w-]{16,64}`,
  "(?<![-_])key-(?=[a-z]{0,32}\\d)[0-9a-z]{32}",
  String.raw`[0-9a-f]{32}-us\d{1,2}`,
  "xkeysib-[a-f0-9]{32,64}-[A-Za-z0-9]{16}",
  // Stripe, Square, Shopify, Shippo, EasyPost, Flutterwave, Duffel, PayPal
  String.raw`(?:sk|rk|pk)_(?:live|test|prod)_\w{10,255}`,
  String.raw`(?:EAAA|sq0(?:atp|csp)-)[\w-]{22,60}`,
  "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
  "shippo_(?:live|test)_[a-fA-F0-9]{40}",
  "EZ[AT]K[A-Za-z0-9]{54}",
  "FLW(?:SECK|PUBK)_TEST-[a-h0-9]{12,32}(?:-X)?",
  String.raw`duffel_(?:test|live)_[\w=-]{43}`,
  String.raw`access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}`,
  // OpenAI, Anthropic and others of that form, Perplexity, Hugging Face, Groq, Replicate, xAI, Supabase
  String.raw`sk-(?:ant|proj|svcacct|admin|or|lf|None)-[\w-]{16,255}`,
  String.raw`sk-(?=[A-Za-z0-9]{0,64}\d)[A-Za-z0-9]{20,255}`,
  "pplx-[A-Za-z0-9]{40,64}",
  "(?:hf|api_org)_[A-Za-z0-9]{20,64}",
  "(?:gsk|xai)[_-][A-Za-z0-9]{40,128}",
  "r8_[A-Za-z0-9]{37}",
  "sbp_[a-f0-9]{40}",
  // npm, PyPI, RubyGems, Clojars, NuGet, Artifactory, Docker, Packagist
  "npm_[A-Za-z0-9]{30,64}",
  String.raw`pypi-[\w-]{40,1000}`,
  "rubygems_[a-f0-9]{40,64}",
  "CLOJARS_[A-Za-z0-9]{60}",
  "oy2[a-z0-9]{43}",
  "AKCp[A-Za-z0-9]{40,80}",
  "cmVmd[A-Za-z0-9]{59}",
  String.raw`dckr_(?:pat|oat)_[\w-]{20,64}`,
  // Grafana, Sentry, New Relic, Dynatrace, PlanetScale, OpenShift, Airtable, Figma, Adobe, age, 1Password, MaxMind, Facebook
  "eyJrIjoi[A-Za-z0-9]{40,400}={0,3}",
  "NR(?:AK|JS|II|IQ)-[A-Za-z0-9-]{19,32}",
  String.raw`dt0c01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{40,64}`,
  String.raw`pscale_(?:tkn|oauth|pw)_[\w=.-]{32,64}`,
  String.raw`sha256~[\w-]{43}`,
  String.raw`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`,
  String.raw`figd_[\w-]{40,64}`,
  "p8e-[A-Za-z0-9]{32}",
  "AGE-SECRET-KEY-1[A-Z0-9]{58}",
  "A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}",
  "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
  "EAA[MC][A-Za-z0-9]{60,255}",
];

/** Of Fly.io, Grafana, Sentry, Stripe, Azure AD: no long word may be in them, for the signs between their letters. */
const FORMS_WITH_SIGNS: readonly string[] = [
  String.raw`f(?:o1|m1[ar]|m2)_[\w+/-]{40,255}`,
  String.raw`gl(?:c|sa)_[\w+/]{32,400}={0,3}`,
  String.raw`sntry[su]_[\w+/=]{40,500}`,
  String.raw`whsec_[\w+/]{20,64}={0,2}`,
  String.raw`[\w~.]{3}\dQ~[\w~.-]{31,34}`,
];

/** Addresses that are as good as a key: who knows them may post. */
const WEBHOOK =
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w+/-]{20,80}|discord(?:app)?\.com\/api\/webhooks\/\d{5,20}\/[\w-]{20,100}|webhook\.office\.com\/webhookb2\/[\w@/-]{30,255}/g;
/** Links that let in who has them: what a mail resets a password with, and the code of OAuth. */
const LINK =
  /((?:password[_-]?reset|reset[_-]?password|reset|magic[_-]?link)\/|[?&]code=)(?=[A-Za-z_./%-]{0,64}\d)[\w./%~-]{16,512}/gi;

/** No form is shorter: most words are not even compared with them. */
const KEY = new RegExp(String.raw`(?<![A-Za-z0-9])(?=[\w~.:$+/-]{16})(?:${FORMS.join("|")})`, "g");

const KEY_WITH_SIGNS = new RegExp(`(?<![A-Za-z0-9])(?:${FORMS_WITH_SIGNS.join("|")})`, "g");
/** A name in a program: words of one case, maybe with capitals at their beginnings. Random letters do not look so. */
const IDENTIFIER = /^[A-Za-z][a-z]{1,24}(?:[_.-][A-Za-z][a-z]{1,24}|[A-Z][a-z]{2,24}){1,40}$/;

/** What is left of a key that is longer than expected. */
const REST = /[\w-]*/y;

function withRest(match: RegExpExecArray): Range | undefined {
  REST.lastIndex = match.index + match[0].length;
  REST.test(match.input);
  const text = match.input.slice(match.index, REST.lastIndex);
  return IDENTIFIER.test(text) ? undefined : [match.index, REST.lastIndex];
}

/** What passwords are hashed to: crypt's $6$salt$…, bcrypt's $2b$12$…, Argon2's $argon2id$v=19$…. */
const HASH =
  /\$(?:[156y7]|gy|2[abxy]?|md5|sha1|apr1|argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha\d{1,3})?)\$(?=[^\s$]{0,32}[\d$])[\w./$=,+-]{8,512}(?<![.,])/g;

/** Keys and tokens that their own form betrays. */
export const API_KEY_RULES: readonly Rule[] = [
  { kind: "api-key", name: "API_KEY", needs: LONG_WORD, find: matching(WEBHOOK) },
  { kind: "secret", name: "SECRET", needs: DIGIT, find: matching(LINK, behindFirstGroup) },
  { kind: "api-key", name: "API_KEY", needs: LONG_WORD, find: matching(KEY, withRest) },
  { kind: "api-key", name: "API_KEY", needs: SIGN, find: matching(KEY_WITH_SIGNS) },
  { kind: "secret", name: "SECRET", needs: DIGIT, find: matching(HASH) },
];
