import { Dialog } from "../ui/Dialog.tsx";

const shortcuts = [
  ["j", "Next anomaly"],
  ["k", "Previous anomaly"],
  ["r", "It is real"],
  ["e", "It was expected"],
  ["u", "Undo your verdict"],
  ["/", "Filter by text"],
  ["Esc", "Close the anomaly"],
  ["?", "This help"],
] as const;

interface ShortcutsDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The keys of the live page. */
export function ShortcutsDialog({ isOpen, onClose }: ShortcutsDialogProps) {
  return (
    <Dialog title="Keyboard" isOpen={isOpen} onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(([key, meaning]) => (
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
