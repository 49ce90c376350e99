import { Dialog } from "../ui/Dialog.tsx";
import type { ShortcutList } from "./shortcuts.ts";

interface ShortcutsDialogProps {
  readonly shortcuts: ShortcutList;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The keys of a page. */
export function ShortcutsDialog({ shortcuts, isOpen, onClose }: ShortcutsDialogProps) {
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
