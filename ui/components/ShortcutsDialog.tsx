import type { ReactNode } from "react";
import { Dialog } from "../ui/Dialog.tsx";
import type { ShortcutList } from "./shortcuts.ts";

interface ShortcutsDialogProps {
  readonly shortcuts: ShortcutList;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What else there is to know of the page. */
  readonly children?: ReactNode;
}

/** The keys of a page. */
export function ShortcutsDialog({ shortcuts, isOpen, onClose, children }: ShortcutsDialogProps) {
  return (
    <Dialog title="Keyboard" isOpen={isOpen} onClose={onClose}>
      {children}
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
