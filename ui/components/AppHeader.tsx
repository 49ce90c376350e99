import { paths, type Route } from "../paths.ts";
import { ConnectionBadge } from "./ConnectionBadge.tsx";
import { Link } from "./Link.tsx";
import { StageFigures } from "./StageFigures.tsx";
import { ViewerMenu } from "./ViewerMenu.tsx";

/** Where one is, where one can go, and how the stage is doing. */
export function AppHeader({ page }: { readonly page: Route["page"] }) {
  const current = (name: Route["page"]) => (page === name ? { "aria-current": "page" as const } : {});
  return (
    <header className="app-header">
      <Link href={paths.live} className="brand" aria-label="logbert, live page">
        <span className="brand-mark" aria-hidden="true" />
        logbert
      </Link>
      <nav className="app-nav" aria-label="Pages">
        <Link href={paths.live} {...current("live")}>
          Live
        </Link>
        <Link href={paths.services} {...current("services")}>
          Services
        </Link>
      </nav>
      <StageFigures />
      <ConnectionBadge />
      <ViewerMenu />
    </header>
  );
}
