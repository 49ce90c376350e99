import { Dialog } from "../ui/Dialog.tsx";

const keys = [
  ["r", "Real: somebody should have been told"],
  ["e", "Expected: this needs no attention"],
  ["s", "Skip: later, or somebody else"],
  ["u", "Undo the last one"],
  ["?", "This help"],
] as const;

interface LabelHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The keys of the labelling page, and what the labels are for. */
export function LabelHelp({ isOpen, onClose }: LabelHelpProps) {
  return (
    <Dialog title="Labelling" isOpen={isOpen} onClose={onClose}>
      <p className="dialog-text">
        The records come first whose label would teach the most: those near the threshold, of templates that
        nobody has labelled. From 10 real and 50 expected ones of a service on, a threshold is proposed.
      </p>
      <dl className="shortcuts">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd className="key">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
