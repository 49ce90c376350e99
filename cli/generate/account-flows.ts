import { failedLogin } from "./known-warnings.ts";
import { createParameters } from "./parameters.ts";
import { authorise, finishRequest, startRequest } from "./request-steps.ts";
import type { Trace } from "./trace.ts";

/** POST /api/v1/login, with a wrong password now and then. */
export function logIn(trace: Trace): void {
  const make = createParameters(trace.random);
  const user = make.user();
  const address = make.address();
  const request = startRequest(trace, "POST", "/api/v1/login");
  trace.log("auth.login", "INFO", `Login attempt of user ${user} from ${address}`);
  trace.log("auth.db", "DEBUG", `User ${user} loaded in ${trace.took("auth", 3)}ms`);
  if (trace.random.chance(0.07)) {
    const { logger, body } = failedLogin(user, address);
    trace.log(logger, "WARN", body);
    finishRequest(trace, request, 401);
    return;
  }
  trace.log("auth.login", "INFO", `Password of user ${user} verified in ${trace.took("auth", 30)}ms`);
  trace.log("auth.session", "INFO", `Session ${make.id("ses")} created for user ${user}`);
  trace.log("auth.token", "DEBUG", `Token ${make.id("tok")} issued, valid for 3600s`);
  finishRequest(trace, request, 200);
}

/** POST /api/v1/logout. */
export function logOut(trace: Trace): void {
  const make = createParameters(trace.random);
  const request = startRequest(trace, "POST", "/api/v1/logout");
  const user = authorise(trace);
  trace.log(
    "auth.session",
    "INFO",
    `Session ${make.id("ses")} of user ${user} closed after ${trace.random.int(40, 7_200)}s`,
  );
  finishRequest(trace, request, 204);
}

/** POST /api/v1/users. */
export function register(trace: Trace): void {
  const make = createParameters(trace.random);
  const user = make.user();
  const request = startRequest(trace, "POST", "/api/v1/users");
  trace.log("auth.users", "INFO", `Creating account for ${make.mail()}`);
  trace.log("auth.password", "DEBUG", `Password hashed in ${trace.took("auth", 60)}ms`);
  trace.log("auth.users", "INFO", `Account of user ${user} created`);
  finishRequest(trace, request, 201);
  trace.wait(40);
  trace.log("worker.queue", "INFO", `Job ${make.id("job")} taken from queue onboarding for user ${user}`);
  trace.log("worker.mail", "INFO", `Welcome mail sent to ${make.mail()}`);
}

/** POST /api/v1/password-reset. */
export function resetPassword(trace: Trace): void {
  const make = createParameters(trace.random);
  const user = make.user();
  const request = startRequest(trace, "POST", "/api/v1/password-reset");
  trace.log("auth.password", "INFO", `Password reset requested for user ${user}`);
  trace.log("auth.password", "DEBUG", `Reset link ${make.id("rst")} is valid for 900s`);
  finishRequest(trace, request, 202);
  trace.wait(40);
  trace.log("worker.mail", "INFO", `Password reset mail sent to ${make.mail()}`);
}
