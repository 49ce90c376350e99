import { Button } from "../ui/Button.tsx";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";

const NOTE_ID = "label-read-only";

interface LabelActionsProps {
  readonly isPending: boolean;
  readonly hasCard: boolean;
  readonly canTakeBack: boolean;
  readonly onLabel: (isTrueAnomaly: boolean) => void;
  readonly onSkip: () => void;
  readonly onTakeBack: () => void;
}

/** The verdicts, in a place that does not move from card to card. */
export function LabelActions(props: LabelActionsProps) {
  const { isPending, hasCard, canTakeBack, onLabel, onSkip, onTakeBack } = props;
  // A disabled button would lose the focus between two cards.
  const canWrite = useCanWrite();
  const isOff = isPending || !hasCard || !canWrite;
  return (
    <section
      className="label-actions"
      aria-label="Your verdict"
      aria-describedby={canWrite ? undefined : NOTE_ID}
    >
      <Button tone="danger" shortcut="r" aria-disabled={isOff} onClick={() => onLabel(true)}>
        Real
      </Button>
      <Button tone="calm" shortcut="e" aria-disabled={isOff} onClick={() => onLabel(false)}>
        Expected
      </Button>
      <Button shortcut="s" aria-disabled={isPending || !hasCard} onClick={onSkip}>
        Skip
      </Button>
      <Button
        tone="quiet"
        className="label-undo"
        shortcut="u"
        aria-disabled={!canTakeBack || isPending}
        onClick={onTakeBack}
      >
        Undo last
      </Button>
      <ReadOnlyNote id={NOTE_ID} />
    </section>
  );
}
