import { useSession } from "../session.ts";
import { Button } from "../ui/Button.tsx";
import { useStageStatus } from "./StageStatusProvider.tsx";

/** Who is signed in, and the way out; nothing where no token is needed. */
export function ViewerMenu() {
  const { token, signOut } = useSession();
  const { viewer } = useStageStatus();
  if (token === undefined || viewer === undefined) return null;
  return (
    <div className="viewer">
      <span className="viewer-name" title={viewer.canWrite ? "May change things" : "May only look"}>
        {viewer.name}
      </span>
      <Button tone="quiet" onClick={signOut}>
        Sign out
      </Button>
    </div>
  );
}
