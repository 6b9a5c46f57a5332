import type { Session } from "../api/types";
import { buttonClass } from "../components/Button";
import { Empty } from "../components/state";

/** An address that is no page. */
export function NotFound() {
  return (
    <Empty
      title="There is no such page"
      action={
        <a className={buttonClass()} href="/">
          Go to the first page
        </a>
      }
    >
      The address may be from an older or newer console, or mistyped.
    </Empty>
  );
}

/** A tenant that does not exist or that the user may not see. */
export function NoTenant({ session }: { session: Session }) {
  return (
    <Empty
      title="You are no member of this tenant"
      action={session.tenants.map((t) => (
        <a key={t.slug} className={buttonClass()} href={`/${t.slug}/home`}>
          {t.name}
        </a>
      ))}
    >
      {session.tenants.length === 0 ? "You are a member of none. An administrator of the node can change that." : "These are yours:"}
    </Empty>
  );
}
