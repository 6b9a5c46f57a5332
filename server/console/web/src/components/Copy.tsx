import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { Button } from "./Button";

/** Copies text; says so for two seconds. */
export function Copy({ text, what }: { text: string; what: string }) {
  const clipboard = useClipboard({ timeout: 2000 });
  const label = clipboard.copied ? `${what} copied` : `Copy ${what}`;
  return (
    <Button look="ghost" icon small aria-label={label} title={label} onClick={() => clipboard.copy(text)}>
      {clipboard.copied ? (
        <IconCheck size={14} stroke={1.75} aria-hidden="true" />
      ) : (
        <IconCopy size={14} stroke={1.75} aria-hidden="true" />
      )}
    </Button>
  );
}
