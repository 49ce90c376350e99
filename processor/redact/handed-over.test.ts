import { describe, expect, it } from "vitest";
import { redactConfig } from "./config.ts";
import { createRedactor } from "./redact.ts";

const redact = createRedactor(redactConfig.parse({})).plain;

describe("a password that is handed to", () => {
  it.each([
    ["a program by a short option", "ldapsearch -x -w s3same -b dc=x", "ldapsearch -x -w <SECRET> -b dc=x"],
    ["it right behind the option", "mysql -uroot -ps3same shop", "mysql -uroot -p<SECRET> shop"],
    [
      "it behind a user's name",
      "smbclient //n/s -U svc%s3same -c ls",
      "smbclient //n/s -U svc%<SECRET> -c ls",
    ],
    ["it as an argument", "rabbitmqctl add_user bob s3same", "rabbitmqctl add_user bob <SECRET>"],
    ["a share", "net use Z: \\\\nas\\data s3same /user:bob", "net use Z: \\\\nas\\data <SECRET> /user:bob"],
    ["a database behind a slash", "sqlplus scott/s3same @x.sql", "sqlplus scott/<SECRET> @x.sql"],
    [
      "it behind a semicolon in quotes",
      "mysql -e 'use a; show b' -ps3same",
      "mysql -e 'use a; show b' -p<SECRET>",
    ],
    ["a version of it", "mysql-8.0 -uroot -ps3same", "mysql-8.0 -uroot -p<SECRET>"],
    ["it in quotes behind its quoted name", "'mysql' -p'-s3 same'", "'mysql' -p'<SECRET>'"],
    ["it behind two blanks", "redis-cli -h h -a  s3same", "redis-cli -h h -a  <SECRET>"],
    ["it behind a name with a version", "redis-cli-6: -a s3same", "redis-cli-6: -a <SECRET>"],
    ["it behind blanks", "sshpass -p  s3same ssh h", "sshpass -p  <SECRET> ssh h"],
    ["it behind a tab", "docker login -u ci -p\ts3same r.io", "docker login -u ci -p\t<SECRET> r.io"],
    ["a command by a pipe, with a blank", "echo 's3 same' | sudo -S id", "echo '<SECRET>' | sudo -S id"],
    ["a command by a pipe", "echo 's3same' | sudo -S id", "echo '<SECRET>' | sudo -S id"],
    ["chpasswd by a pipe", 'echo "bob:s3same" | chpasswd', 'echo "bob:<SECRET>" | chpasswd'],
    ["a setting", "npm config set //r/:_authToken s3same", "npm config set //r/:_authToken <SECRET>"],
    ["FTP", "ftp[3]: --> PASS s3same", "ftp[3]: --> PASS <SECRET>"],
    ["IMAP", 'C: a1 LOGIN bob "s3 same"', 'C: a1 LOGIN bob "<SECRET>"'],
    ["SMTP", "C: AUTH PLAIN AGJvYgBzM3NhbWU=", "C: AUTH PLAIN <SECRET>"],
    ["SMTP in base64url", "C: AUTH PLAIN AGJv_gBzM3NhbWU=", "C: AUTH PLAIN <SECRET>"],
    ["Redis in capitals", "CONFIG SET REQUIREPASS s3same", "CONFIG SET REQUIREPASS <SECRET>"],
    ["Redis", '[0 lua] "auth" "bob" "s3same"', '[0 lua] "auth" "bob" "<SECRET>"'],
    ["SNMP", "snmp-server community s3same RO", "snmp-server community <SECRET> RO"],
    ["a router", "enable secret 5 $1$mERr$hx5rVt7rPNoS4", "enable secret 5 <SECRET>"],
    ["Docker", '{"r.io":{"auth":"Ym9iOnMzc2FtZQ=="}}', '{"r.io":{"auth":"<SECRET>"}}'],
    ["Oracle", "jdbc:oracle:thin:bob/s3same@db:1521", "jdbc:oracle:thin:<CREDENTIALS>@db:1521"],
    ["MySQL by Go", "dsn=bob:s3:same@tcp(db:3306)/x", "dsn=<CREDENTIALS>@tcp(db:3306)/x"],
    ["SQL by a call", "SET PASSWORD = PASSWORD('s3same')", "SET PASSWORD = PASSWORD('<SECRET>')"],
    ["ZooKeeper", "addauth digest bob:s3same", "addauth digest bob:<SECRET>"],
    [
      "PHP",
      "PDO->__construct('mysql:host=db', 'bob', 's3same')",
      "PDO->__construct('mysql:host=db', 'bob', '<SECRET>')",
    ],
    ["Python", "requests.get(u, auth=('bob', 's3same'))", "requests.get(u, auth=('bob', '<SECRET>'))"],
    ["a definition", "define('DB_PASSWORD', 's3same')", "define('DB_PASSWORD', '<SECRET>')"],
    ["a setter", 'headers.set("X-Api-Key", "s3same")', 'headers.set("X-Api-Key", "<SECRET>")'],
    [
      "a form",
      'form-data; name="password"\\r\\n\\r\\ns3same\\r\\n',
      'form-data; name="password"\\r\\n\\r\\n<SECRET>\\r\\n',
    ],
    [
      "an element with attributes",
      '<w:Password Type="w:Text">s3same</w:Password>',
      '<w:Password Type="w:Text"><SECRET></w:Password>',
    ],
    [
      "rows of a table",
      "INSERT INTO u (id, `password`, n) VALUES (1, 'it''s, me', 'a'), (2, md5('s3same'), NULL), (3, NULL, 'b')",
      "INSERT INTO u (id, `password`, n) VALUES (1, '<SECRET>', 'a'), (2, md5('<SECRET>'), NULL), (3, NULL, 'b')",
    ],
    [
      "a row in lines of its own",
      `(id, password)\n  VALUES (\n${" ".repeat(12)}1,\n${" ".repeat(12)}'s3same'\n)`,
      `(id, password)\n  VALUES (\n${" ".repeat(12)}1,\n${" ".repeat(12)}'<SECRET>'\n)`,
    ],
    [
      "a row with calls",
      "(at, password, n) VALUES (coalesce(now(), 'x, y'), crypt('s3same', salt('bf')), 1)",
      "(at, password, n) VALUES (coalesce(now(), 'x, y'), crypt('<SECRET>')), 1)",
    ],
    ["a row that is cut off", "(id, password) VALUES (E'a', 's3sa", "(id, password) VALUES (E'a', '<SECRET>"],
    [
      "a row in JSON",
      '{"q":"(a, password) VALUES (\\"b\\", \\"s3same\\")"}',
      '{"q":"(a, password) VALUES (\\"b\\", \\"<SECRET>\\")"}',
    ],
  ])("%s is found", (_, text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(expected)).toBe(expected);
  });

  it.each([
    "PASS src/app.test.ts (5.2 s)",
    "--- PASS: TestLogin (0.02s)",
    "> PASS src/app.test.ts",
    "4711 LOGIN failed for bob",
    "grep -w error; ssh -p 2222 h; mkdir -p a; mysql -u root -p shop; ldapsearch -x -b dc=x",
    "docker login -u ci -p $PASSWORD r.io",
    "vault login failed",
    "net use Z: \\\\nas\\data * /user:bob",
    "INSERT INTO u (id, password) VALUES (?, ?), ($1, :password), (DEFAULT, NULL)",
    "INSERT INTO u (id, password) VALUES (1, NULL::text), (2, random_bytes(16))",
    "mysql -u root; nmap -p80 h",
    "INSERT INTO u (id, name) VALUES (1, 'bob')",
    "auth=publickey-hostbased auth: succeeded",
    "the password 7 times",
    "string_to_token('Token.Literal.Number') token68 = Combine(Word(1))",
    "login('bob', 3) setText('title', 'a title') map.put(\"user\", \"bob\")",
  ])("nobody is not seen in %j", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("a sentence", () => {
  it.each([
    ["Initial password for root is s3same", "Initial password for root is <SECRET>"],
    [
      "A password was generated for root@localhost: a3,b;C!d.",
      "A password was generated for root@localhost: <SECRET>.",
    ],
    ["login of bob with password Fehl.schuss3", "login of bob with password <SECRET>"],
    ["binding parameter - password [x3Same9]", "binding parameter - password [<SECRET>]"],
    ["set password for bob to s3same", "set password for bob to <SECRET>"],
    ["New API key created: ak_9f8e7d6c5b4a", "New API key created: <SECRET>"],
    ["Your verification code is 493027", "Your verification code is <SECRET>"],
    ["OTP 118822 sent", "OTP <SECRET> sent"],
    ["retrying with credentials admin:s3same!x at db", "retrying with credentials admin:<SECRET> at db"],
    ["stored $2b$12$K3x9fA0oQ2bVxWq1uYzJ7u.", "stored <SECRET>."],
    ["GET /reset-password/3f9a8b7c6d5e4f3a2b1c 200", "GET /reset-password/<SECRET> 200"],
    ["GET /cb?code=4/0AX4XfWhExample&state=x", "GET /cb?code=<SECRET>&state=x"],
    ["query: state=x&code=0AX4XfWhExample9", "query: state=x&code=<SECRET>"],
    ["section 10.0.0.1 of the network, oid=192.168.0.1", "section <IP> of the network, oid=<IP>"],
  ])("tells a secret: %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(expected)).toBe(expected);
  });

  it.each([
    "Failed password for bob42: attempt12",
    "password pbkdf2-sha256, password attempt3, password v2.1.0, password 30days",
    "password changed at: 2026-11-30T10:00:00Z",
    "error code 404123, exit code 1234567, code is 4031",
    "Erlang OTP 26 on host1",
    "password is required, password is 12 characters long",
    "credentials from /etc/app1 and /srv/app2",
    "GET /reset/index?code=404 and /password-reset/help-for-everybody",
    "costs $5$ or $6$",
    "part number 030-123456, section 4.2.1.3",
    "pin=13 api_key_id=17 token=expired unexpected token: '}'",
  ])("tells none: %j", (text) => {
    expect(redact(text)).toBe(text);
  });
});
