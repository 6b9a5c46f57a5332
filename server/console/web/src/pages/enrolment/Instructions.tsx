import type { CreatedEnrolmentToken } from "../../api/types";
import { Copy } from "../../components/Copy";
import { When } from "../../components/text";
import css from "./enrolment.module.css";

/** What to do with a token that was just made: the only time that it is shown. */
export function Instructions({ token }: { token: CreatedEnrolmentToken }) {
  const command = `tapd -node ${window.location.origin} -token ${token.token}`;
  return (
    <div className={css["made"]} role="status">
      <h3>The token for {token.site.name}</h3>
      <p className={css["text"]}>
        Copy it now: it is shown this once, and ends <When at={token.expiresAt} />.
      </p>
      <Code text={token.token} what="token" />
      <h3>On any Linux machine</h3>
      <Code text={command} what="command" />
      <p className={css["text"]}>The tap appears under Taps as soon as it has enrolled.</p>
    </div>
  );
}

function Code({ text, what }: { text: string; what: string }) {
  return (
    <div className={css["code"]}>
      <code>{text}</code>
      <Copy text={text} what={what} />
    </div>
  );
}
