import { ApiConnection } from "./components/ApiConnection.tsx";
import { AppHeader } from "./components/AppHeader.tsx";
import { ScoringBanner } from "./components/ScoringBanner.tsx";
import { StageStatusProvider } from "./components/StageStatusProvider.tsx";
import { usePathname } from "./navigation.ts";
import { LivePage } from "./pages/LivePage.tsx";
import { NotFoundPage } from "./pages/NotFoundPage.tsx";
import { ServicesPage } from "./pages/ServicesPage.tsx";
import { SignInPage } from "./pages/SignInPage.tsx";
import { matchRoute, type Route } from "./paths.ts";
import { useSession } from "./session.ts";

/** The map of the product: which address shows which page, to whom the API answers. */
export function App() {
  const route = matchRoute(usePathname());
  const { isSignedOut } = useSession();
  if (isSignedOut) return <SignInPage />;
  return (
    <ApiConnection>
      <Site route={route} />
    </ApiConnection>
  );
}

function Site({ route }: { readonly route: Route }) {
  return (
    <StageStatusProvider>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppHeader page={route.page} />
      <ScoringBanner />
      <main id="content" className="app-content" tabIndex={-1}>
        <Page route={route} />
      </main>
    </StageStatusProvider>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case "live":
      return <LivePage anomalyId={route.anomalyId} />;
    case "services":
      return <ServicesPage />;
    case "unknown":
      return <NotFoundPage />;
  }
}
