import { paths, type Route } from "../paths.ts";
import { ConnectionBadge } from "./ConnectionBadge.tsx";
import { Link } from "./Link.tsx";
import { StageFigures } from "./StageFigures.tsx";
import { ViewerMenu } from "./ViewerMenu.tsx";

const pages = [
  ["live", "Live"],
  ["tail", "Tail"],
  ["label", "Label"],
  ["services", "Services"],
  ["training", "Training"],
] as const;

/** Where one is, where one can go, and how the stage is doing. */
export function AppHeader({ page }: { readonly page: Route["page"] }) {
  return (
    <header className="app-header">
      <Link href={paths.live} className="brand" aria-label="logbert, live page">
        <span className="brand-mark" aria-hidden="true" />
        <span className="brand-name">logbert</span>
      </Link>
      <nav className="app-nav" aria-label="Pages">
        {pages.map(([name, label]) => (
          <Link key={name} href={paths[name]} {...(page === name ? { "aria-current": "page" as const } : {})}>
            {label}
          </Link>
        ))}
      </nav>
      <StageFigures />
      <ConnectionBadge />
      <ViewerMenu />
    </header>
  );
}
