import { useStageStatus } from "./StageStatusProvider.tsx";

/** Whether the one who looks may also change things; until the API has said so, it is for the API to refuse. */
export function useCanWrite(): boolean {
  return useStageStatus().viewer?.canWrite ?? true;
}

/** Why controls that change something are switched off. */
export const READ_ONLY = "Your token may only look: a change needs one with the role write.";

/** Says so beside such controls; nothing to those who may. `id` is what they are described by. */
export function ReadOnlyNote({ id }: { readonly id: string }) {
  const canWrite = useCanWrite();
  return canWrite ? null : (
    <p className="read-only-note muted" id={id}>
      {READ_ONLY}
    </p>
  );
}
