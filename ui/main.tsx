import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { createClient } from "./client.ts";
import { ConnectionContext, createConnectionMonitor } from "./connection.ts";
import { App } from "./routes.tsx";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html lacks the element #root");

const monitor = createConnectionMonitor();
createRoot(root).render(
  <StrictMode>
    <Provider value={createClient(window.location, monitor)}>
      <ConnectionContext value={monitor}>
        <App />
      </ConnectionContext>
    </Provider>
  </StrictMode>,
);
