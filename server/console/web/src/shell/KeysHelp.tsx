import { Popover } from "@mantine/core";
import { IconHelp } from "@tabler/icons-react";
import { Button } from "../components/Button";
import { Kbd } from "../components/text";
import css from "./KeysHelp.module.css";
import { menuClasses } from "./menu";

const keys: [string[], string][] = [
  [["Ctrl", "K"], "find anything"],
  [["/"], "filter the table"],
  [["J", "K"], "move down and up"],
  [["→", "←"], "open and close a group"],
  [["Enter"], "open the page of a row"],
  [["Esc"], "leave"],
];

/** The keys that work. */
export function KeysHelp() {
  return (
    <Popover position="bottom-end" classNames={{ dropdown: menuClasses.dropdown }} transitionProps={{ duration: 0 }} trapFocus>
      <Popover.Target>
        <Button look="ghost" icon aria-label="Keys" className={css["help"] ?? ""}>
          <IconHelp size={18} stroke={1.75} aria-hidden="true" />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className={css["keys"]} tabIndex={0} aria-label="Keys">
          {keys.map(([names, does]) => (
            <div key={does}>
              <dt>
                {names.map((name) => (
                  <Kbd key={name}>{name}</Kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
