import { Link } from "../components/Link.tsx";
import { paths } from "../paths.ts";
import { EmptyState } from "../ui/EmptyState.tsx";

/** For an address that shows nothing. */
export function NotFoundPage() {
  return (
    <EmptyState title="There is nothing at this address">
      <title>Not found · logbert</title>
      <p>
        <Link href={paths.live}>Go to the live page</Link>
      </p>
    </EmptyState>
  );
}
