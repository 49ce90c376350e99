import { describe, expect, it } from "vitest";
import { redactConfig } from "./config.ts";
import { createRedactor } from "./redact.ts";

const { plain: redact } = createRedactor(redactConfig.parse({}));
const ESC = "\u001b";

describe("a secret in a value", () => {
  it.each([
    // Wrapped.
    ['password: Some("hunter2"), x', 'password: Some("<SECRET>"), x'],
    ['token=Some(Some(\\"hun ter2\\"))', 'token=Some(Some(\\"<SECRET>\\"))'],
    ["password = b'hun ter2'", "password = b'<SECRET>'"],
    ['pw: Secret { value: "abcd" }', 'pw: Secret { value: "<SECRET>" }'],
    ["password: Optional[hunter2]", "password: <SECRET>]"],
    // Quotes within quotes.
    ["password='it''s me' x=1", "password='<SECRET>' x=1"],
    ["password='it'\\''s me' x", "password='<SECRET>' x"],
    ["password=O'Brien9 x", "password=<SECRET> x"],
    ['"{""password"":""hunter2"",""a"":1}"', '"{""password"":""<SECRET>"",""a"":1}"'],
    ['"msg":"password=hunter2","level":"x"', '"msg":"password=<SECRET>","level":"x"'],
    // Lists, maps, pairs.
    ['{"X-Api-Key":["abcdefgh"],"b":1}', '{"X-Api-Key":["<SECRET>"],"b":1}'],
    ['{"X-Api-Key":["abcdefgh", "ijk"],"b":1}', '{"X-Api-Key":["<SECRET>"],"b":1}'],
    ['{"password":{"value":"hunter2"}}', '{"password":{"value":"<SECRET>"}}'],
    ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"<SECRET>"}'],
    [
      '{"key":"db.password","value":{"stringValue":"x1"}}',
      '{"key":"db.password","value":{"stringValue":"<SECRET>"}}',
    ],
    ['{"name":"Cookie","value":"sid=abc1 def"}', '{"name":"Cookie","value":"<SECRET>"}'],
    ["{Name:DB_PASSWORD Value:hunter2 ValueFrom:nil}", "{Name:DB_PASSWORD Value:<SECRET> ValueFrom:nil}"],
    ["- name: DB_PASSWORD\n  value: hunter2\n", "- name: DB_PASSWORD\n  value: <SECRET>\n"],
    ['["--password","hunter2","-v"]', '["--password","<SECRET>","-v"]'],
    ["['--token', 'hunter2']", "['--token', '<SECRET>']"],
    ["password:\n  hunter2\nuser: x", "password:\n  <SECRET>\nuser: x"],
    ["password: |\n  hunter2\n", "password: |\n  <SECRET>\n"],
  ])("of %j is hidden: %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ["dbPass=hunter2", "dbPass=<SECRET>"],
    ["dbpass=hunter2", "dbpass=<SECRET>"],
    ["mobilePhone=01701234567", "mobilePhone=<PHONE>"],
  ])("of a name that is a part of a word, as in %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe("a secret with a blank in it", () => {
  const NAMES = ["password", "DB_PASSWORD", "dbPass", "X-Api-Key", "jwt"];
  const WRAPPED: readonly ((secret: string) => string)[] = [
    (secret) => `"${secret}"`,
    (secret) => `'${secret}'`,
    (secret) => `\\"${secret}\\"`,
    (secret) => `\`${secret}\``,
    (secret) => `Some("${secret}")`,
    (secret) => `Ok(Some("${secret}"))`,
    (secret) => `Some(\n  "${secret}",\n)`,
    (secret) => `new String("${secret}")`,
    (secret) => `Secret { value: "${secret}" }`,
    (secret) => `b'${secret}'`,
    (secret) => `&"${secret}"`,
    (secret) => `("${secret}")`,
    (secret) => `[ "${secret}" ]`,
    (secret) => `["a b", "${secret}"]`,
    (secret) => `{"value":"${secret}"}`,
    (secret) => `{"stringValue": "${secret}"}`,
  ];
  const NAMED: readonly ((name: string, value: string) => string)[] = [
    (name, value) => `{"${name}":${value},"a":1}`,
    (name, value) => `${name}=${value}`,
    (name, value) => `${name}: ${value}`,
    (name, value) => `'${name}' => ${value}`,
    (name, value) => `config["${name}"] = ${value};`,
    (name, value) => `{"name": "${name}", "value": ${value}}`,
    (name, value) => `<input name="${name}" value=${value}>`,
    (name, value) => `${name}:\n    ${value}\n`,
  ];
  const ESCAPED: readonly ((text: string) => string)[] = [
    String,
    encodeURIComponent,
    (text) => encodeURIComponent(encodeURIComponent(text)),
    (text) => JSON.stringify(text),
    (text) => JSON.stringify(JSON.stringify(text)),
    (text) => text.replaceAll('"', "\\u0022"),
    (text) => text.replaceAll('"', "&quot;"),
    (text) => JSON.stringify(text).replaceAll('\\"', "\\\\u0022"),
  ];

  it.each(NAMES)("is hidden behind %j, however it is wrapped, named and escaped", (name) => {
    const texts = ESCAPED.flatMap((inEscapes) =>
      NAMED.flatMap((named) => WRAPPED.map((wrapped) => inEscapes(named(name, wrapped("Zq9x Wv7"))))),
    );
    expect(texts.filter((text) => /Zq9x|Wv7/.test(redact(text)))).toEqual([]);
  });
});

describe("what stands behind escapes", () => {
  it.each([
    [`key ${ESC}[32mAKIAIOSFODNN7EXAMPLE${ESC}[0m`, `key ${ESC}[32m<API_KEY>${ESC}[0m`],
    ["a\\nAKIAIOSFODNN7EXAMPLE", "a\\n<API_KEY>"],
    ["\\u0022AKIAIOSFODNN7EXAMPLE\\u0022", "\\u0022<API_KEY>\\u0022"],
    [
      `${ESC}[33mpassword${ESC}[0m=${ESC}[32mhunter2${ESC}[0m`,
      `${ESC}[33mpassword${ESC}[0m=${ESC}[32m<SECRET>${ESC}[0m`,
    ],
    ["%7B%22password%22%3A%22hun%20ter2%22%7D", "%7B%22password%22%3A%22<SECRET>%22%7D"],
    ["%257B%2522password%2522%253A%2522hunter2%2522", "%257B%2522password%2522%253A%2522<SECRET>%2522"],
    ["{\\u0022password\\u0022:\\u0022hunter2\\u0022}", "{\\u0022password\\u0022:\\u0022<SECRET>\\u0022}"],
    ["password\\u003dhunter2", "password\\u003d<SECRET>"],
    ["{&quot;password&quot;:&quot;hunter2&quot;}", "{&quot;password&quot;:&quot;<SECRET>&quot;}"],
    ["\\n00:1b:44:11:3a:b7", "\\n<MAC>"],
    ["%2210.0.0.1%22", "%22<IP>%22"],
    ["\\n/home/alice/x", "\\n/home/<USER>/x"],
    ["%2Fhome%2Falice%2Fx", "%2Fhome%2F<USER>%2Fx"],
    ["phone%22%3A%2201701234567", "phone%22%3A%22<PHONE>"],
    ["\\u00224111111111111111\\u0022", "\\u0022<CARD>\\u0022"],
    ["\\u001b[31mDE89370400440532013000", "\\u001b[31m<IBAN>"],
  ])("in %j is found: %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ["C:\\Users\\tom\\new", "C:\\Users\\<USER>\\new"],
    ["token=abc%22def&x=1", "token=<SECRET>&x=1"],
  ])("does not hide what %j says as it stands", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe("forms", () => {
  it.each([
    [
      "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4/x",
      "https://api.telegram.org/<API_KEY>/x",
    ],
    ["jwe eyJhbGciOiJkaXIiLCJl.._4Kd0aBcDeFgHiJk.abcdefgh.qrstuv ok", "jwe <JWT> ok"],
    [
      "SECRET_KEY_BASE=b1946ac9 MYSQL_ROOT_PASSWORD_1=x2",
      "SECRET_KEY_BASE=<SECRET> MYSQL_ROOT_PASSWORD_1=<SECRET>",
    ],
    ['api_keys: ["f3a9c1d2e4", "a7b8"] passwords=Xk29dLq0Zp', 'api_keys: ["<SECRET>"] passwords=<SECRET>'],
    ['<property name="db.password">Sup3r</property>', '<property name="db.password"><SECRET></property>'],
    ["<name>a.secret.key</name><value>wJal</value>", "<name>a.secret.key</name><value><SECRET></value>"],
    ['array(1) { ["password"]=> string(7) "hun ter" }', 'array(1) { ["password"]=> string(7) "<SECRET>" }'],
    ["client-key-data: LS0tLS1CRUdJTiBS", "client-key-data: <SECRET>"],
    ['"tls.key":"LS0tLS1CRUdJTiBQUklW"', '"tls.key":"<SECRET>"'],
    ["C: AUTH PLAIN AGFscGhhAHMzY3I=", "C: AUTH PLAIN <SECRET>"],
    ["redis-cli -h a -p 6379 -a Gr33nT3a! ping", "redis-cli -h a -p 6379 -a <SECRET> ping"],
    ["docker login -u AWS -p eyJw x", "docker login -u AWS -p <SECRET> x"],
    ["Invalid token f3a9c1d2e4b5968778695a4b for bob", "Invalid token <SECRET> for bob"],
    ["requirepass Gr33nT3a", "requirepass <SECRET>"],
    [
      "Ocp-Apim-Subscription-Key: 01ab x-functions-key: 8aJ2",
      "Ocp-Apim-Subscription-Key: <SECRET> x-functions-key: <SECRET>",
    ],
    ["AZURE_STORAGE_KEY=Eby8/vdM== APP_KEY=base64:Zm9v==", "AZURE_STORAGE_KEY=<SECRET> APP_KEY=<SECRET>"],
    ["keytool -storepass changeit9 -x", "keytool -storepass <SECRET> -x"],
    ["whsec_abc+defghij/klmnop+qrstuv/wxyz12+", "<API_KEY>"],
    ["abc8Q~abcdefghijk.mnopqrstu~wxyz-012345", "<API_KEY>"],
    ["MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "<API_KEY>"],
    ["host-10.0.0.1 up", "host-<IP> up"],
  ])("of %j are known: %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    "killed sig=11 core dumped",
    'tokens=12 prompt_tokens: 512, "tokens": ["hello","world"] tokens=12.5k secrets: 3',
    "reading tls.key: permission denied",
    'failed for volume "db-credentials" : secret "db-credentials" not found',
    "eos_token_id=50256 pad_token_id=0 eos_token=</s>",
    "otp=26 erts=14.1",
    'path="/home/products" 200',
    "backup 29-11-20-12-30-45.tgz of 20-11-29-12-30-45",
    "NotificationServiceProvider.create.organizationUnitDescriptorsOfAll",
    "hf_transferEnabledForModelsDownload",
    "pk_test_identifier_of_payment",
    "celery@worker1.prod and rabbit@mq1.local ready",
    "Enter password:\n  try again",
    "password:\n  min_length: 8",
    "token:\n\tat com.foo.Bar(Baz.java:12)",
    "compass=abc bypass=local",
    "password='', user='x'",
  ])("are not seen in %j", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("what a value begins with", () => {
  it.each([
    [
      "jdbc:sqlserver://db:1433;user=sa;password=P@ssw0rd!1",
      "jdbc:sqlserver://db:1433;user=sa;password=<SECRET>",
    ],
    ["endpoint=http://web:8080,owner=bob@example.com", "endpoint=http://web:8080,owner=<EMAIL>"],
    ["password={noop}hunter2hunter, x", "password={noop}<SECRET>, x"],
    ["password={bcrypt}$2a$10$N9qo8uLOickgx2ZMRZoMye,", "password={bcrypt}<SECRET>,"],
    ["userPassword: {SSHA}W6ph5Mm5Pz8GgiULbPgz/37+9g==", "userPassword: {SSHA}<SECRET>"],
    ["password=$ecureP4ssw0rd", "password=<SECRET>"],
    ["DB_PASSWORD=secret", "DB_PASSWORD=<SECRET>"],
    ["DB_PASS=8349 fail=0", "DB_PASS=<SECRET> fail=0"],
    ["pass=123456 fail=0", "pass=<SECRET> fail=0"],
    ["user=bob pass=1234", "user=bob pass=<SECRET>"],
    ["SEPA reject AC04 DE89370400440532013000", "SEPA reject AC04 <IBAN>"],
  ])("does not hide the secret in %j: %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    "SELECT * FROM t WHERE token=? AND password=?",
    "UPDATE users SET token = NULL WHERE token = :token",
    "WHERE u.Token = @__token_0",
    "System.Core, Version=4.0.0.0, PublicKeyToken=b77a5c561934e089",
    "password = (sensitive value)",
    "token: (known after apply)",
    "csrf: disabled, signature=valid, sig=SIGTERM, pw=off",
    "token=/var/run/secrets/token password=${DB_PASSWORD} pwd=$DB_PASSWORD pw=$1",
    "GET /docs/authorization: HTTP/1.1",
    "payload: 01 00 00 00 05 ff ff",
    "0020  45 00 00 30 11 22 aa",
    "image: redis:7.2.4.1 with OpenSSL/3.0.11.1",
    "password={pw}&user={user}",
  ])("makes no secret of %j", (text) => {
    expect(redact(text)).toBe(text);
  });
});
