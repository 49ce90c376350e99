import { beforeEach, inject } from "vitest";

beforeEach(({ skip }) => {
  if (inject("postgresUrl") === undefined)
    skip("needs PostgreSQL; provide it by: apt-get install postgresql, or bash test/postgres/install.sh");
});
