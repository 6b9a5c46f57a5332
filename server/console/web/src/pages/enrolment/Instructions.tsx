import type { CreatedEnrolmentToken } from "../../api/types";
import { Once } from "../../components/form";
import { When } from "../../components/text";
import css from "./enrolment.module.css";

/** What to do with a token that was just made: the only time that it is shown. */
export function Instructions({ token }: { token: CreatedEnrolmentToken }) {
  const command = `tapd -node ${window.location.origin} -token ${token.token}`;
  return (
    <div className={css["stack"]} role="status">
      <h3>The token for {token.site.name}</h3>
      <p className={css["text"]}>
        Copy it now: it is shown this once, and ends <When at={token.expiresAt} />.
      </p>
      <Once text={token.token} what="token" />
      <h3>On any Linux machine</h3>
      <Once text={command} what="command" />
      <p className={css["text"]}>The tap appears under Taps as soon as it has enrolled.</p>
    </div>
  );
}
