import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ConnectionContext, createConnectionMonitor } from "./connection.ts";
import { App } from "./routes.tsx";
import { createSession, SessionContext } from "./session.ts";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html lacks the element #root");

const monitor = createConnectionMonitor();
const session = createSession({ tab: window.sessionStorage, device: window.localStorage });
createRoot(root).render(
  <StrictMode>
    <SessionContext value={session}>
      <ConnectionContext value={monitor}>
        <App />
      </ConnectionContext>
    </SessionContext>
  </StrictMode>,
);
