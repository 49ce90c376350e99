import { useEffect, useRef, useState } from "react";
import { tryToken, type UserError } from "../client.ts";
import { useSession } from "../session.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";

/** Asks for a token when the API wants one; what the address shows is shown then. */
export function SignInPage() {
  const { signIn } = useSession();
  const [token, setToken] = useState("");
  const [isKept, setKept] = useState(false);
  const [isTrying, setTrying] = useState(false);
  const [problem, setProblem] = useState<UserError>();
  const input = useRef<HTMLInputElement>(null);
  // It takes the place of a page: who types should not have to look for it.
  useEffect(() => input.current?.focus(), []);
  const submit = async () => {
    setTrying(true);
    setProblem(undefined);
    const found = await tryToken(window.location, token.trim());
    if (found === undefined) return signIn(token.trim(), isKept);
    setTrying(false);
    setProblem(found);
  };
  return (
    <main className="sign-in">
      <title>Sign in · logbert</title>
      <form
        aria-labelledby="sign-in-title"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1 id="sign-in-title">
          <span className="brand-mark" aria-hidden="true" />
          Sign in to logbert
        </h1>
        <p className="muted" id="sign-in-help">
          This logbert answers only those who have a token. Tokens are listed in its configuration under{" "}
          <code>api.tokens</code>, or set by <code>LOGBERT_API_TOKEN</code>; whoever runs it can give you one.
        </p>
        <label>
          Token
          <input
            ref={input}
            type="password"
            autoComplete="current-password"
            required
            value={token}
            aria-describedby="sign-in-help"
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <label className="keep">
          <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.target.checked)} />
          Keep on this device
        </label>
        {problem === undefined ? null : <ErrorNotice {...problem} />}
        <Button tone="primary" type="submit" disabled={isTrying}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
