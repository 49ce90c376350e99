import { type ReactNode, useContext, useEffect, useState } from "react";
import { type Client, Provider } from "urql";
import { createClient } from "../client.ts";
import { ConnectionContext } from "../connection.ts";
import { useSession } from "../session.ts";

/** Connects what is inside to the API, with the session's token; a new token makes a new connection. */
export function ApiConnection({ children }: { readonly children: ReactNode }) {
  const monitor = useContext(ConnectionContext);
  const { token, refuse } = useSession();
  const [client, setClient] = useState<Client>();
  useEffect(() => {
    const connection = createClient({
      origin: window.location,
      token,
      monitor,
      onRefused: () => refuse(token),
    });
    setClient(connection.client);
    return connection.close;
  }, [token, monitor, refuse]);
  return client === undefined ? null : <Provider value={client}>{children}</Provider>;
}
